#include "app/sandbox_host.hpp"

namespace payweir::app {

Result<std::unique_ptr<SandboxHost>> SandboxHost::start(const std::string& listen) {
  std::unique_ptr<SandboxHost> host(new SandboxHost());
  host->pool_ = std::make_unique<net::IoPool>(1);
  sandbox::SandboxConfig config;
  config.address = listen;
  Result<std::unique_ptr<sandbox::SandboxServer>> server =
      sandbox::SandboxServer::listen(*host->pool_, host->clock_, host->random_,
                                     sandbox::make_gateway_models(host->random_), std::move(config));
  if (!server) return fail(std::move(server.error()));
  host->server_ = std::move(*server);
  host->pool_->start();
  return host;
}

SandboxHost::~SandboxHost() {
  pool_->stop();
  pool_->join();
}

void SandboxHost::drain() {
  server_->drain();
  static_cast<void>(server_->wait_until_drained(seconds(5)));
}

std::uint16_t SandboxHost::port() const {
  return server_->port();
}

}  // namespace payweir::app
