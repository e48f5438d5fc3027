package dev.unrolling.experiments.finetuning;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Network;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;

/** Networks that count by name what is asked of them, of their copies and their Hessians. */
final class CallCounts {

  private CallCounts() {}

  static <T> T of(Class<T> type, T counted, Map<String, Integer> calls) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              calls.merge(method.getName(), 1, Integer::sum);
              Object result = call(counted, method, arguments);
              return result instanceof Network network
                  ? of(Network.class, network, calls)
                  : result instanceof LinearOperator operator
                      ? of(LinearOperator.class, operator, calls)
                      : result;
            }));
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      method.setAccessible(true);
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
