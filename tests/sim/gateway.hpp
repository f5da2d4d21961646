#pragma once
// The gateway's side of the world: the sandbox's own model behind the simulated network, its callbacks, and
// what goes wrong with both. Its books are the truth that the checker holds the switch against.
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "network.hpp"
#include "sandbox/stripe/stripe_model.hpp"

namespace payweir::sim {

class Gateway {
 public:
  static constexpr const char* kOrigin = "http://gateway.test";

  Gateway(Scheduler& scheduler, Network& network, Faults& faults, std::uint64_t seed);

  // Where callbacks of this API key go; answers the secret that signs them.
  [[nodiscard]] std::string subscribe(const std::string& api_key, const std::string& url);
  [[nodiscard]] const sandbox::stripe::Books& books() const { return model_.state().books; }
  [[nodiscard]] sandbox::stripe::StripeModel& model() { return model_; }
  // Somebody refunds a captured payment in the gateway's own dashboard. The amount; 0: there is none to
  // refund.
  std::int64_t refund_in_dashboard(const std::string& reference);
  // Somebody has it send again that a payment succeeded, as its dashboard lets them. False: it never did.
  bool resend_success(const std::string& reference);
  // From now on it charges twice whatever it charges: what the checker must find.
  void charge_twice() { charges_twice_ = true; }
  [[nodiscard]] std::size_t callbacks_under_way() const { return callbacks_under_way_; }
  // Events whose callback was acknowledged, and callbacks that nobody should have believed and somebody did.
  // The switch has lost its memory: also of what it acknowledges just now.
  void forget_acknowledged() {
    acknowledged_.clear();
    forgotten_at_ = scheduler_.now();
  }
  [[nodiscard]] const std::set<std::string>& acknowledged() const { return acknowledged_; }
  [[nodiscard]] const std::vector<std::string>& believed() const { return believed_; }

 private:
  void serve(http::Request request, Reply reply);
  // What strikes this one request, as the sandbox knows it.
  [[nodiscard]] std::optional<sandbox::Fault> draw_fault();
  void take(std::vector<sandbox::Callback> callbacks);
  enum class Signing : std::uint8_t { anew, as_it_is };  // the latter of those that must be refused
  void call_back(http::Request request, Duration after, std::vector<Duration> retries, Signing signing);
  void sign(http::Request& request) const;
  void note_acknowledged(const http::Request& callback, Signing signing);
  void forge(const http::Request& genuine);
  void watch_the_clock();

  Scheduler& scheduler_;
  Network& network_;
  Faults& faults_;
  sandbox::stripe::StripeModel model_{"a fingerprint key of the simulator"};
  sandbox::Draws draws_;
  std::map<std::string, std::string> secrets_;  // by the address of callbacks
  std::optional<Instant> wakes_at_;
  std::size_t callbacks_under_way_ = 0;
  std::map<std::string, http::Request> successes_;  // callbacks, by payment reference
  Instant forgotten_at_{};
  std::set<std::string> acknowledged_;
  std::vector<std::string> believed_;
  bool charges_twice_ = false;
};

}  // namespace payweir::sim
