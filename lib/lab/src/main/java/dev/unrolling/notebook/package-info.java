/** The one helper that a notebook calls: it shows and keeps figures, tables and verdicts. */
package dev.unrolling.notebook;
