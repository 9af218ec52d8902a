<?php
// nothing to see
