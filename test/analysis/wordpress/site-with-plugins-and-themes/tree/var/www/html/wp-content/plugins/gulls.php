<?php
/**
 * @package Gulls
 * @version 0.9
 */
/*
Plugin Name: Gulls over the Harbour
Description: cries
Author: Al Mate
Version: 1.7.2
Author URI: https://example.org/
*/
