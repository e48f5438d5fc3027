package dev.unrolling.notebook;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The notebook kernel that runs us, if any. Kernels offer the same functions {@code display} and
 * {@code updateDisplay}, and the same interface for things that know how to show themselves, under
 * different names; they are found by reflection, so that the library needs no kernel to compile or
 * run.
 */
final class Kernel {
  /** JJava, JJava before 1.0a5, IJava. */
  private static final List<String> HOLDERS =
      List.of(
          "org.dflib.jjava.jupyter.kernel.BaseNotebookStatics",
          "org.dflib.jjava.runtime.Display",
          "io.github.spencerpark.ijava.runtime.Display");

  private static final String RENDERABLE = "DisplayDataRenderable";

  private final Method display;
  private final Method update;
  private final Class<?> renderable;

  private Kernel(Class<?> holder) throws ReflectiveOperationException {
    display = holder.getMethod("display", Object.class);
    update = holder.getMethod("updateDisplay", String.class, Object.class);
    Class<?> data = holder.getMethod("render", Object.class).getReturnType();
    renderable =
        Class.forName(data.getPackageName() + "." + RENDERABLE, true, data.getClassLoader());
  }

  /** The kernel of this process, found through the class loaders that may know it. */
  static Optional<Kernel> find() {
    Set<ClassLoader> loaders = new LinkedHashSet<>();
    loaders.add(Thread.currentThread().getContextClassLoader());
    loaders.add(Kernel.class.getClassLoader());
    loaders.add(ClassLoader.getSystemClassLoader());
    loaders.remove(null);
    return find(HOLDERS, loaders);
  }

  static Optional<Kernel> find(List<String> holders, Set<ClassLoader> loaders) {
    return holders.stream()
        .flatMap(name -> loaders.stream().map(loader -> load(name, loader)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Kernel> load(String name, ClassLoader loader) {
    try {
      return Optional.of(new Kernel(Class.forName(name, true, loader)));
    } catch (ReflectiveOperationException | LinkageError absent) {
      return Optional.empty();
    }
  }

  /**
   * Shows something below the cell.
   *
   * @return what {@link #update} takes; nothing if the class is there but no kernel runs
   */
  Optional<String> display(Output output) {
    try {
      return Optional.of(String.valueOf(display.invoke(null, asRenderable(output))));
    } catch (InvocationTargetException | IllegalAccessException failed) {
      return Optional.empty();
    }
  }

  /** Replaces what is shown under an identifier; false if the kernel cannot. */
  boolean update(String id, Output output) {
    try {
      update.invoke(null, id, asRenderable(output));
      return true;
    } catch (InvocationTargetException | IllegalAccessException failed) {
      return false;
    }
  }

  /** Our output as an object of the kernel's own interface. */
  private Object asRenderable(Output output) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          return switch (method.getName()) {
            case "render" -> {
              fill(arguments[0], output);
              yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> output.plain();
          };
        };
    return Proxy.newProxyInstance(
        renderable.getClassLoader(), new Class<?>[] {renderable}, handler);
  }

  private static void fill(Object context, Output output) throws ReflectiveOperationException {
    Object container = context.getClass().getMethod("getOutputContainer").invoke(context);
    Method put = container.getClass().getMethod("putData", String.class, Object.class);
    put.invoke(container, "text/plain", output.plain());
    put.invoke(container, output.type(), output.content());
    if (!output.metadata().isEmpty()) {
      container
          .getClass()
          .getMethod("putMetaData", String.class, Object.class)
          .invoke(container, output.type(), output.metadata());
    }
  }
}
