/** What several commands take: experiments and their settings, seeds, devices. */
package dev.unrolling.cli.options;
