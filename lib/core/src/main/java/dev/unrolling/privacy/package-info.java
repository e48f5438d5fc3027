/** How much an answer gives away of what a model was trained on (claim 2.8). */
package dev.unrolling.privacy;
