/**
 * What a user names: the factory for {@code state.backend.type}, the backend with its setters for
 * programmatic use, and Basalt's own options.
 *
 * <p>It owns the public surface: what is public here stays compatible.
 *
 * <p>It must not hold logic: it reads the settings and hands over to {@code backend}. It is loaded
 * on the client and the JobManager too, where there is neither a native library nor a local
 * directory.
 */
@NullMarked
package io.basalt.statebackend;

import org.jspecify.annotations.NullMarked;
