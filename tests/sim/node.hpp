#pragma once
// One life of a switch's process in the simulator: the production API, flows, jobs and store over simulated
// ports. Destroying it is a crash: its tasks end at whatever await they stand.
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "api/native/rendering.hpp"
#include "api/router.hpp"
#include "disk.hpp"
#include "flows/context.hpp"
#include "flows/testkit.hpp"
#include "jobs/worker.hpp"
#include "network.hpp"
#include "ports/testkit.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace payweir::sim {

// What outlives a process: its disk, its configuration, its keys and its source of chance.
struct Machine {
  Machine(Scheduler& used, Network& reached, std::uint64_t seed)
      : scheduler(used), network(reached), disk(seed), random(seed), clock(used) {}
  Scheduler& scheduler;
  Network& network;
  Disk disk;
  flows::testkit::CountingKeys keys;
  payweir::testkit::SeededRandom random;
  VirtualClock clock;
  flows::Settings settings;
  std::string identity = "the first disk";  // of the database's file
  std::size_t claim_chunk_size = 64;        // small, so that claims move to their table all the time
};

// Sees every ChangeSet before the store does, and after it was answered.
class CommitTap {
 public:
  virtual ~CommitTap() = default;
  virtual void on_submit(const store::ChangeSet& changes) = 0;
  virtual void on_batch() = 0;  // a batch was written, and its answers not yet read by anybody
  virtual void on_answer(const store::CommitAnswer& answer) = 0;
};

class Node {
 public:
  Node(Machine& machine, CommitTap& tap);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Nothing that moves money leaves yet: the database was restored.
  [[nodiscard]] bool is_under_review() const { return review_.is_under_way(); }
  // Goes on behind the keys that are stored, then starts the jobs. Until then it takes no request.
  void start();
  [[nodiscard]] bool is_up() const { return is_up_; }
  // The store said that only a new process may go on.
  [[nodiscard]] bool wants_to_die() const { return wants_to_die_; }

  // SIGTERM: takes no more requests, and lets end what is under way.
  void begin_drain();
  [[nodiscard]] bool is_draining() const { return is_draining_; }
  [[nodiscard]] bool is_drained() const { return is_draining_ && requests_in_flight_ == 0 && jobs_stopped_; }

  // One request of the API.
  void serve(http::Request request, Reply reply);
  [[nodiscard]] std::size_t requests_in_flight() const { return requests_in_flight_; }
  void spawn(Task<void> task);
  [[nodiscard]] flows::Context& context() { return context_; }
  [[nodiscard]] store::sqlite::SqliteStore& store() { return *store_; }

 private:
  class TappedStore;
  [[nodiscard]] Task<void> boot();
  [[nodiscard]] Task<void> stop_jobs();
  [[nodiscard]] Task<void> answer(http::Request request, Reply reply);
  [[nodiscard]] std::unique_ptr<store::sqlite::SqliteStore> open_store();

  Machine& machine_;
  CommitTap& tap_;
  flows::Traffic traffic_;  // requests that vanish give their places back
  jobs::Worker worker_;     // destroyed last: tasks that vanish belong to it
  NetworkHttpClient http_;
  TracedLog log_;
  payweir::testkit::MapCardHold cards_;
  std::unique_ptr<store::sqlite::SqliteStore> store_;
  std::unique_ptr<TappedStore> tapped_;
  flows::DirectoryEpoch epoch_{0};
  flows::Directory directory_;
  flows::Telemetry telemetry_;
  flows::Review review_;
  KeySequence sequence_{1};
  flows::RateLimiter rate_limiter_;
  InlineOffload offload_;
  flows::Artefacts artefacts_;
  api::native::Rendering rendering_;
  flows::Context context_;
  std::size_t requests_in_flight_ = 0;
  bool is_up_ = false;
  bool is_draining_ = false;
  bool jobs_stopped_ = false;
  bool wants_to_die_ = false;
};

// The routes of the API, made once.
[[nodiscard]] const api::Router& router();

}  // namespace payweir::sim
