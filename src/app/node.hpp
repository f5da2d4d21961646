#pragma once
// Node: the running switch. Wires ports, store, flows, API and jobs: one Worker an io thread with what
// belongs to that thread, and what they share. The only composition root besides the simulator's.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/file_keys.hpp"
#include "app/locked_card_hold.hpp"
#include "flows/context.hpp"
#include "net/io_pool.hpp"
#include "net/offload_pool.hpp"
#include "net/server.hpp"
#include "net/system_ports.hpp"
#include "store/store.hpp"

namespace payweir::app {

// `offline`: store and flows only, for commands that work on the data directory of a stopped switch.
enum class NodeMode : std::uint8_t {
  serving,
  reviewing,  // serving, and what is open is asked about before anything is sent, as after a restore
  offline,
  beside  // for commands that only read, while a switch may be running on the same data directory
};

class Node {
 public:
  // Opens and migrates the store, binds the port and starts to serve. Errors: those of the store and the
  // server, configuration_invalid.
  [[nodiscard]] static Result<std::unique_ptr<Node>> start(const Config& config, Log& log, NodeMode mode);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Requires: NodeMode::serving.
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  // Whether the master key was made beside the data just now.
  [[nodiscard]] bool made_master_key() const { return made_master_key_; }
  // Whether nothing is sent yet, because the database is a copy of another.
  [[nodiscard]] bool is_under_review() const { return review_.is_under_way(); }

  // Runs a task on the first io thread and waits for it; for start-up work such as the demo merchant.
  void run(std::function<Task<void>(flows::Context&)> task);

  // Stops accepting, lets requests in flight end (30 s at most), then stops everything. What is still
  // under way then is recorded as such, and settled after the next start.
  void drain();

 private:
  struct Worker;
  struct Jobs;
  Node(const Config& config, Log& log);
  [[nodiscard]] Result<void> open(NodeMode mode);
  [[nodiscard]] Result<void> prepare_keys(NodeMode mode);
  [[nodiscard]] Result<void> open_store(NodeMode mode);
  [[nodiscard]] Result<void> begin_life(NodeMode mode);
  [[nodiscard]] Result<void> add_workers();
  [[nodiscard]] Result<void> listen();
  [[nodiscard]] Task<void> start_jobs();
  void stop();

  const Config config_;
  Log& log_;
  bool made_master_key_ = false;
  net::SystemClock clock_;
  net::SystemRandom start_random_;  // until the io threads have their own
  net::SystemRandom card_random_;   // under the card hold's lock
  flows::Settings settings_;
  flows::Telemetry telemetry_;
  flows::Review review_;
  flows::Artefacts artefacts_;
  std::unique_ptr<flows::Traffic> traffic_;
  flows::DirectoryEpoch epoch_{1};
  Secret master_key_;
  std::unique_ptr<LockedCardHold> cards_;
  std::unique_ptr<store::Store> store_;
  std::int64_t largest_key_ = 0;
  // In the order of their lives: the pool's threads end first, its executors last.
  std::unique_ptr<net::IoPool> pool_;
  net::OffloadPool offload_{1};  // behind the io threads, to which it posts: it goes first
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Jobs> jobs_;
  std::unique_ptr<net::Server> server_;
  bool stopped_ = false;
};

}  // namespace payweir::app
