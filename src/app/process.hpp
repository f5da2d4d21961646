#pragma once
// What the process as a whole is set to before it does anything: no core files (a core holds cards and
// keys), as many descriptors as it may have, and signals that only wait_for_stop() sees.
#include "base/result.hpp"

namespace payweir::app {

// Call first in main, before any thread: threads inherit the blocked signals.
void prepare_process();

// Lets SIGTERM and SIGINT end the process where it is, for a command that leaves nothing half done.
void end_at_signal();

// Blocks until SIGTERM or SIGINT; a second one ends the process at once.
void wait_for_stop();

// "payweir: <what went wrong>" on standard error.
void tell_error(const Error& error);

}  // namespace payweir::app
