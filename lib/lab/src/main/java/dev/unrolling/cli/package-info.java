/** The command line: one command for each thing a script needs from the library. */
package dev.unrolling.cli;
