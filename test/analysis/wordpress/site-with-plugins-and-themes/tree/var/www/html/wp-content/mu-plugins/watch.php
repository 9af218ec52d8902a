<?php /* Plugin Name: Night Watch
Version: 0.1
*/
