#pragma once
// World: one run of the simulator. A function of its options: the same seed tells the same story, to the bit.
//
// Phases: clients pay and everything goes wrong that this seed says; then all faults end (heal); then nothing
// new begins and what is under way comes to its end (drain, in 96 simulated hours at most, longer only for
// what the gateway itself still has to do); then the books are compared.
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "checker.hpp"
#include "gateway.hpp"
#include "node.hpp"
#include "people.hpp"
#include "routes.hpp"
#include "shop.hpp"

namespace payweir::sim {

// At whom the merchants have accounts.
enum class Gateways : std::uint8_t { stripe, all };

struct WorldOptions {
  std::uint64_t seed = 1;
  std::size_t payments = 500;
  FaultCaps caps;
  Gateways gateways = Gateways::all;
  Trace::Keep trace = Trace::Keep::hash_only;
  std::uint64_t steps_max = 10'000'000;  // a run that takes more goes on for ever
  // Instead of orders that are drawn.
  std::vector<Order> orders;
  // One fault at one occasion, instead of those that the seed drew; occasion 0 for none at all.
  std::optional<std::pair<FaultKind, std::uint64_t>> only;
  // The database is backed up and, some time later, restored from that.
  bool restores = false;
  // Faults go on for so long, even when all orders are over.
  Duration trouble_lasts{};
  // Runs before the shop opens.
  std::function<void(class World&)> prepare;
};

struct WorldEnd {
  std::uint64_t seed = 0;
  std::string trace_hash;
  std::vector<std::string> trace;
  std::vector<Violation> violations;
  std::size_t payments = 0;  // that the store has
  std::uint64_t lost = 0;    // of which the books and the store differ
  std::uint64_t charged_twice = 0;
  std::uint64_t unbalanced = 0;  // of which the ledger and the payment differ
  std::uint64_t steps = 0;
  std::uint64_t crashes = 0;
  std::uint64_t faults_fired = 0;
  std::map<FaultKind, std::uint64_t> fired;
  Duration simulated{};
  std::map<std::string, std::uint64_t> states;  // payments by their last state
  std::map<std::string, std::uint64_t> seen;    // "sometimes": what happened at least once
  std::array<std::uint64_t, kFaultKinds> occasions{};

  [[nodiscard]] bool is_good() const { return violations.empty(); }
};

class World {
 public:
  explicit World(WorldOptions options);
  ~World();

  [[nodiscard]] WorldEnd run();

  // For scenarios.
  [[nodiscard]] Faults& faults() { return faults_; }
  [[nodiscard]] Scheduler& scheduler() { return scheduler_; }
  [[nodiscard]] Gateway& gateway() { return gateway_; }
  [[nodiscard]] Shop& shop() { return shop_; }
  [[nodiscard]] Machine& machine() { return machine_; }
  [[nodiscard]] Checker& checker() { return checker_; }
  [[nodiscard]] People& people() { return people_; }
  void crash(Disk::End how);
  void wait_until_up();

 private:
  void set_up();
  // Of all orders, by the seed.
  [[nodiscard]] std::uint64_t wallets_percent() const;
  [[nodiscard]] bool has_wallets() const;
  void start_node();
  void befall();  // what strikes the process between two steps
  [[nodiscard]] int disk_verdict(Disk::Call call);
  void step();
  // Time goes on to the next thing that somebody does: idle polls in between are left out.
  void leap();
  void work_until_done();
  void heal();
  void drain();
  [[nodiscard]] bool is_at_rest();
  void check_at_rest();
  void drain_process();
  void plan_restore();
  void restore();
  void check_liveness();
  void check_truth(const StoredPayment& stored);
  void check_people_are_needed();
  void check_reasons();
  // What the process that ends now has seen of its gateways.
  void note_health();
  void check_recovery_time();
  [[nodiscard]] WorldEnd end();

  const WorldOptions options_;
  Faults faults_;
  Scheduler scheduler_;
  Network network_;
  Machine machine_;
  Gateway gateway_;
  Routes routes_;
  Checker checker_;
  Shop shop_;
  People people_;
  Chance process_;
  std::unique_ptr<Node> node_;
  Instant healed_at_{};
  std::optional<Instant> learns_by_;  // what was unknown when the gateway answered again
  Instant leapt_at_{};
  bool is_disk_dead_ = false;
  std::optional<Instant> drains_until_;  // SIGTERM was sent
  std::optional<Disk::Snapshot> backup_;
  bool restore_due_ = false, restore_next_ = false;
  int restores_ = 0;
  std::uint64_t crashes_ = 0;
  std::map<std::string, std::uint64_t> seen_;
};

[[nodiscard]] WorldEnd run_world(WorldOptions options);

}  // namespace payweir::sim
