package dev.unrolling.experiment;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** A real engine whose process dies, as far as a run can tell, before a given step of SGD. */
public final class DyingEngine {

  /** What a run cannot catch. */
  public static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  private DyingEngine() {}

  /**
   * An engine that dies.
   *
   * @param steps that its networks (not their copies) take in all before it dies
   */
  public static Engine after(int steps, Engine engine) {
    return after(
        steps,
        engine,
        () -> {
          throw new Death();
        });
  }

  /** An engine that does something else before that step, once. */
  public static Engine after(int steps, Engine engine, Runnable event) {
    return watched(
        engine,
        step -> {
          if (step == steps) {
            event.run();
          }
        });
  }

  /** An engine that tells before each step of its networks (not their copies) which it is. */
  static Engine watched(Engine engine, IntConsumer beforeStep) {
    return watched(engine, beforeStep, new AtomicInteger());
  }

  /** The same in another precision counts on. */
  private static Engine watched(Engine engine, IntConsumer beforeStep, AtomicInteger steps) {
    return proxy(
        Engine.class,
        (self, method, arguments) -> {
          Object result = call(engine, method, arguments);
          if (method.getName().equals("withPrecision")) {
            return watched((Engine) result, beforeStep, steps);
          }
          return result instanceof Network network
              ? proxy(
                  Network.class,
                  (n, m, a) -> {
                    if (m.getName().equals("step")) {
                      beforeStep.accept(steps.getAndIncrement());
                    }
                    return call(network, m, a);
                  })
              : result;
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object call(Object target, java.lang.reflect.Method method, Object[] arguments)
      throws Throwable {
    try {
      method.setAccessible(true);
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
