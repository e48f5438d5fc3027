/** Network architectures as plain records, the layout of their weights and their initial values. */
package dev.unrolling.model;
