/**
 * How long a training step takes, beside the least that it could take on a device, and what else
 * measuring is made of. For measuring alone: nothing else uses it but the commands that print it.
 */
package dev.unrolling.benchmark;
