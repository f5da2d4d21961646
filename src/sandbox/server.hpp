#pragma once
// SandboxServer: gateway models over HTTP. Each model is served under "/{name}/", its control API under
// "/control/{name}/"; "/" lists them, "/health" answers, POST "/control/reset" empties them all. Callbacks
// are really sent.
//
// Threads: one io thread runs everything, so that the models need no lock. The object is made before the
// pool is started and destroyed after IoPool::join().
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/io_pool.hpp"
#include "net/server.hpp"
#include "ports/clock.hpp"
#include "ports/random.hpp"
#include "sandbox/gateway_model.hpp"

namespace payweir::sandbox {

using GatewayModels = std::vector<std::unique_ptr<GatewayModel>>;

// One of each gateway that is modelled.
[[nodiscard]] GatewayModels make_gateway_models(Random& random);

struct SandboxConfig {
  std::string address = "127.0.0.1:9090";  // port 0 takes a free one
  std::string public_url;                  // how browsers and clients reach it; "": 127.0.0.1 and the port
};

class SandboxServer {
 public:
  static constexpr std::size_t kCallbacksMax = 10'000;  // on their way at once; more are dropped

  // `pool` has one thread; `clock` and `random` outlive the server. Errors: those of net::Server::listen.
  [[nodiscard]] static Result<std::unique_ptr<SandboxServer>> listen(net::IoPool& pool, Clock& clock,
                                                                     Random& random, GatewayModels models,
                                                                     SandboxConfig config);
  ~SandboxServer();
  SandboxServer(const SandboxServer&) = delete;
  SandboxServer& operator=(const SandboxServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // Stops accepting; see net::Server.
  void drain();
  [[nodiscard]] bool wait_until_drained(Duration patience) const;

 private:
  struct Desk;  // what its coroutines share
  SandboxServer() = default;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace payweir::sandbox
