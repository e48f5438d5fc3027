/**
 * The least of a notebook kernel: the same classes and methods, under a package of its own, that
 * the library finds in JJava and IJava.
 */
package dev.unrolling.notebook.screen;
