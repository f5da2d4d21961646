#pragma once
// One life of a switch's process in the simulator: production flows, jobs and store over simulated ports.
// crash() ends it at whatever await its tasks stand.
#include <memory>
#include <string>

#include "flows/context.hpp"
#include "flows/testkit.hpp"
#include "jobs/worker.hpp"
#include "ports.hpp"
#include "ports/testkit.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace payweir::sim {

// What outlives a process: its disk, its configuration, its keys and its source of chance.
struct Machine {
  Machine(Scheduler& used, Network& reached, std::uint64_t seed)
      : scheduler(used), network(reached), random(seed), clock(used) {}
  Scheduler& scheduler;
  Network& network;
  flows::testkit::TemporaryDirectory disk;
  flows::testkit::CountingKeys keys;
  flows::testkit::PlainRendering rendering;
  payweir::testkit::SeededRandom random;
  VirtualClock clock;
  flows::Settings settings;
};

class Node {
 public:
  explicit Node(Machine& machine);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Goes on behind the keys that are stored, then starts the jobs. Until then it takes no request.
  void start();
  [[nodiscard]] bool is_up() const { return is_up_; }
  void spawn(Task<void> task);
  [[nodiscard]] flows::Context& context() { return context_; }
  [[nodiscard]] store::sqlite::SqliteStore& store() { return *store_; }

 private:
  [[nodiscard]] Task<void> boot();

  Machine& machine_;
  jobs::Worker worker_;  // destroyed last: tasks that vanish belong to it
  NetworkHttpClient http_;
  TracedLog log_;
  payweir::testkit::MapCardHold cards_;
  std::unique_ptr<store::sqlite::SqliteStore> store_;
  flows::DirectoryEpoch epoch_{0};
  flows::Directory directory_;
  flows::Telemetry telemetry_;
  KeySequence sequence_{1};
  flows::RateLimiter rate_limiter_;
  flows::Context context_;
  bool is_up_ = false;
};

}  // namespace payweir::sim
