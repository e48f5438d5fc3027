package dev.unrolling.unlearning;

import dev.unrolling.data.Named;
import dev.unrolling.engine.Network;
import java.util.OptionalLong;

/**
 * A way to make M'' from M: a model as if what is to be forgotten had never been trained on. Open:
 * a method of one's own is one class, handed over as an object or found by name ({@link
 * UnlearningMethods}).
 *
 * <p>There are two families. A {@link RecordedUnlearning} reads the record of the run from w_0; the
 * others have only what a request brings without one: w_t, the forget set and what stays.
 */
public interface UnlearningMethod extends Named {

  /** A name for tables and figures. */
  default String displayName() {
    return name().replace('-', ' ');
  }

  /**
   * What it costs, in gradients of one example, a Hessian-vector product counted as two and a
   * forward pass alone not at all. Where it needs a record, that is there.
   *
   * @param size of the request
   * @return empty if the method does not say
   */
  default OptionalLong gradients(RequestSize size) {
    return OptionalLong.empty();
  }

  /**
   * The unlearned model M''. Changes neither M nor anything else of the request.
   *
   * @param request what is to be forgotten, and from what
   * @return a new network that the caller closes
   * @throws IllegalArgumentException if the request lacks what this method needs
   */
  Network unlearn(UnlearningRequest request);
}
