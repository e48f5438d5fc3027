/** How much an answer gives away of what a model was trained on (paper section 2.8). */
package dev.unrolling.privacy;
