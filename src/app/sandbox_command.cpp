// `payweir sandbox`.
#include <cstdio>

#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/process.hpp"
#include "app/sandbox_host.hpp"

namespace payweir::app {

int run_sandbox(const SandboxOptions& options) {
  prepare_process();
  if (!is_loopback(options.listen)) {
    std::fputs(
        "payweir: --listen: expected a loopback address: the sandbox has no secrets to keep and keeps none\n",
        stderr);
    return 1;
  }
  Result<std::unique_ptr<SandboxHost>> host = SandboxHost::start(options.listen);
  if (!host) {
    tell_error(host.error());
    return 1;
  }
  std::fprintf(stderr,
               "payweir: the sandbox serves %s/stripe, /alipay and /wechatpay; its books are at "
               "%s/control/NAME/books\n",
               (*host)->url().c_str(), (*host)->url().c_str());
  wait_for_stop();
  (*host)->drain();
  return 0;
}

}  // namespace payweir::app
