#pragma once
// SandboxHost: the model gateways, served over HTTP on an io thread of their own.
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/io_pool.hpp"
#include "net/system_ports.hpp"
#include "sandbox/server.hpp"

namespace payweir::app {

class SandboxHost {
 public:
  // `listen` "127.0.0.1:9090"; port 0 takes a free one. Errors: those of net::Server::listen.
  [[nodiscard]] static Result<std::unique_ptr<SandboxHost>> start(const std::string& listen);
  ~SandboxHost();
  SandboxHost(const SandboxHost&) = delete;
  SandboxHost& operator=(const SandboxHost&) = delete;

  // Answers what is in flight, 5 s at most.
  void drain();
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }

 private:
  SandboxHost() = default;
  net::SystemClock clock_;
  net::SystemRandom random_;
  std::unique_ptr<net::IoPool> pool_;
  std::unique_ptr<sandbox::SandboxServer> server_;
};

}  // namespace payweir::app
