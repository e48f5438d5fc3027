/** What a command shows while it works, and how it is stopped. */
package dev.unrolling.cli.progress;
