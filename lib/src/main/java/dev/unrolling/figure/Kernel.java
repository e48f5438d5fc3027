package dev.unrolling.figure;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The notebook kernel that runs us, if any. Kernels offer the same functions {@code display} and
 * {@code updateDisplay} in different classes; they are found by name, so that the library needs no
 * kernel to compile or run.
 */
final class Kernel {
  private static final String HTML = "text/html";

  /** JJava since 1.0a5, JJava before, IJava. */
  private static final List<String> HOLDERS =
      List.of(
          "org.dflib.jjava.jupyter.kernel.BaseNotebookStatics",
          "org.dflib.jjava.kernel.JavaNotebookStatics",
          "org.dflib.jjava.runtime.Display",
          "io.github.spencerpark.ijava.runtime.Display");

  private final Method display;
  private final Optional<Method> update;

  private Kernel(Method display, Optional<Method> update) {
    this.display = display;
    this.update = update;
  }

  /** The kernel of this process, found through the class loaders that may know it. */
  static Optional<Kernel> find() {
    Set<ClassLoader> loaders = new LinkedHashSet<>();
    loaders.add(Thread.currentThread().getContextClassLoader());
    loaders.add(Kernel.class.getClassLoader());
    loaders.add(ClassLoader.getSystemClassLoader());
    return find(HOLDERS, loaders);
  }

  static Optional<Kernel> find(List<String> holders, Set<ClassLoader> loaders) {
    return holders.stream()
        .flatMap(
            name -> loaders.stream().filter(Objects::nonNull).map(loader -> load(name, loader)))
        .flatMap(Optional::stream)
        .map(Kernel::of)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Class<?>> load(String name, ClassLoader loader) {
    try {
      return Optional.of(Class.forName(name, true, loader));
    } catch (ClassNotFoundException | LinkageError absent) {
      return Optional.empty();
    }
  }

  private static Optional<Kernel> of(Class<?> holder) {
    return method(holder, "display", Object.class, String[].class)
        .map(
            display ->
                new Kernel(
                    display,
                    method(holder, "updateDisplay", String.class, Object.class, String[].class)));
  }

  private static Optional<Method> method(Class<?> holder, String name, Class<?>... parameters) {
    try {
      return Optional.of(holder.getMethod(name, parameters));
    } catch (NoSuchMethodException absent) {
      return Optional.empty();
    }
  }

  /**
   * Shows HTML below the cell.
   *
   * @return what {@link #update} takes, if the kernel gave one; empty optional if the class is
   *     there but no kernel runs
   */
  Optional<String> display(String html) {
    return call(display, html, new String[] {HTML}).map(String::valueOf);
  }

  /** Replaces what is shown under an identifier; false if the kernel cannot. */
  boolean update(String id, String html) {
    return update
        .map(method -> call(method, id, html, new String[] {HTML}).isPresent())
        .orElse(false);
  }

  /** The result of a call, or "" if it has none; nothing if the call failed. */
  private static Optional<Object> call(Method method, Object... arguments) {
    try {
      return Optional.of(Objects.requireNonNullElse(method.invoke(null, arguments), ""));
    } catch (InvocationTargetException | IllegalAccessException failed) {
      return Optional.empty();
    }
  }
}
