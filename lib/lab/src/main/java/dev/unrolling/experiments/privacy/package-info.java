/** E6: the privacy risk of what was forgotten, against v. */
package dev.unrolling.experiments.privacy;
