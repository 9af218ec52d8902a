<?php
/*
Plugin Name:       Mooring Line
Plugin URI:        https://example.org/mooring
Version:           4.1
License:           GPL v2 or later
Author:            Jo Bosun
Requires Plugins:  buoy, akismet
*/
