<?php
/* Plugin Name: not a plugin, too deep
 * Version: 1.0 */
