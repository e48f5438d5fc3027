/** How the house's figures look: colours, fonts, dashes, headings, and images within them. */
package dev.unrolling.plot.style;
