#include "app/process.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <new>

namespace payweir::app {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void prepare_process() {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::prctl(PR_SET_DUMPABLE, 0);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  ::signal(SIGPIPE, SIG_IGN);
  // Half a process serves nobody: what runs on after its loops ended for want of memory answers its health
  // check and settles nothing. The next start reads what was recorded.
  std::set_new_handler([] {
    static constexpr char kWhy[] = "payweir: out of memory\n";
    static_cast<void>(!::write(STDERR_FILENO, kWhy, sizeof kWhy - 1));
    std::abort();
  });
  const sigset_t signals = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void end_at_signal() {
  const sigset_t signals = stop_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void wait_for_stop() {
  const sigset_t signals = stop_signals();
  int received = 0;
  ::sigwait(&signals, &received);
  // Whoever asks twice does not want to wait for the drain.
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void tell_error(const Error& error) {
  const char* separator = error.field.empty() ? "" : ": ";
  std::fprintf(stderr, "payweir: %s%s%s\n", error.field.c_str(), separator, error.detail.c_str());
}

}  // namespace payweir::app
