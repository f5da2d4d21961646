#pragma once
// People: those who touch the switch or its gateway past the clients. Somebody refunds in the gateway's
// dashboard; operators settle what the switch cannot decide, rightly or wrongly; API keys are changed;
// connector accounts are switched off for a while; routing algorithms come and go.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gateway.hpp"
#include "shop.hpp"

namespace payweir::json {
class Value;
}

namespace payweir::sim {

class People {
 public:
  // The operators' keys, for the switch's configuration; the first is the key that all share.
  static constexpr std::string_view kAdminKey = "an admin key of the simulator";
  static constexpr std::string_view kFirstOperator = "the key of the operator ada";
  static constexpr std::string_view kSecondOperator = "the key of the operator bob";

  People(Scheduler& scheduler, Network& network, Faults& faults, Gateway& gateway, Shop& shop,
         Checker& checker, Routes& routes, std::uint64_t seed)
      : scheduler_(scheduler),
        network_(network),
        faults_(faults),
        gateway_(gateway),
        shop_(shop),
        checker_(checker),
        routes_(routes),
        chance_(seed, Stream::people),
        routing_(seed, Stream::routing) {}

  struct Employer {
    std::string merchant_id;
    std::string profile_id;
    std::vector<std::string> account_ids;  // one of them is switched off and on
    std::string key_id;                    // of its API key, which is changed
    std::vector<std::string> algorithms;   // that were made, by id
  };
  void add_merchant(Employer employer) { employers_.push_back(std::move(employer)); }
  // From now on they do something every now and then; they go on after all faults have ended.
  // `routing`: whether merchants may have an algorithm from the beginning.
  enum class Routing : std::uint8_t { none, drawn };
  void begin(Routing routing);

  // Somebody changes this merchant's routing now.
  void change_rules_now(std::size_t merchant) { start(change_rules(merchant)); }

  // Payments of which a person said what became of them, by reference: they may have been wrong.
  [[nodiscard]] const std::set<std::string>& judged() const { return judged_; }
  [[nodiscard]] std::uint64_t settled() const { return settled_; }
  [[nodiscard]] std::uint64_t keys_changed() const { return keys_changed_; }
  // Nobody is in the middle of something.
  [[nodiscard]] bool are_idle() const { return busy_ == 0; }

 private:
  struct Judgement {
    std::string_view outcome;
    std::int64_t amount = 0;
  };
  void plan();
  void do_something();
  void start(Task<void> task);
  [[nodiscard]] Task<Shop::Told> ask(http::Method method, std::string target, std::string body,
                                     std::string_view api_key, std::string key);
  [[nodiscard]] Task<void> work_off_list();
  [[nodiscard]] Task<void> settle(std::string operation_id, std::string payment_id, Judgement judgement);
  [[nodiscard]] Task<void> change_key(std::size_t merchant);
  [[nodiscard]] Task<void> switch_off_and_on(std::size_t merchant, std::size_t account);
  [[nodiscard]] Task<void> set_rules(std::vector<std::size_t> merchants);
  [[nodiscard]] Task<void> change_rules(std::size_t merchant);
  // Somebody decides otherwise what may be tried again after a decline: for all merchants.
  [[nodiscard]] Task<void> change_retry_rules();
  // The id of a new algorithm; "" when the switch did not take it.
  [[nodiscard]] Task<std::string> make_algorithm(std::size_t merchant);
  // What the gateway's dashboard shows; another thing, when they err.
  [[nodiscard]] Judgement judge(const json::Value& item);
  [[nodiscard]] Judgement err(const json::Value& item, Judgement truth);

  Scheduler& scheduler_;
  Network& network_;
  Faults& faults_;
  Gateway& gateway_;
  Shop& shop_;
  Checker& checker_;
  Routes& routes_;
  Chance chance_, routing_;
  std::vector<Employer> employers_;
  std::set<std::string> judged_;
  std::uint64_t settled_ = 0, keys_changed_ = 0, requests_ = 0;
  int busy_ = 0;
  bool had_work_ = false;  // when somebody last looked at the list
};

}  // namespace payweir::sim
