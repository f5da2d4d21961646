#pragma once
// The gateways' side of the world: the sandbox's own models behind the simulated network, their callbacks,
// and what goes wrong with both. Their books are the truth that the checker holds the switch against.
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "network.hpp"
#include "sandbox/alipay/alipay_model.hpp"
#include "sandbox/stripe/stripe_model.hpp"
#include "sandbox/wechatpay/wechatpay_model.hpp"
#include "truth.hpp"
#include "weather.hpp"

namespace payweir::sim {

class Gateway {
 public:
  static constexpr const char* kOrigin = "http://gateway.test";

  Gateway(Scheduler& scheduler, Network& network, Faults& faults, std::uint64_t seed);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Where callbacks of this API key of Stripe's go; answers the secret that signs them.
  [[nodiscard]] std::string subscribe(const std::string& api_key, const std::string& url);
  // The bodies that make an account at the switch, of an application that is registered now if it is not
  // known, or of a merchant.
  [[nodiscard]] std::string alipay_account(const std::string& app_id);
  [[nodiscard]] std::string wechatpay_account(const std::string& mchid);

  [[nodiscard]] GatewayBooks books() const {
    return {stripe_.state().books, alipay_.state().books, wechatpay_.state().books};
  }
  // How a payment is called at the gateways that know orders; asked by people.
  void set_names_of(std::function<Names(const std::string& reference)> names_of) {
    names_of_ = std::move(names_of);
  }
  // Something happens by itself at a gateway.
  [[nodiscard]] bool has_something_due() const;

  // Somebody refunds a captured payment in the gateway's own dashboard. The amount; 0: there is none to
  // refund.
  std::int64_t refund_in_dashboard(const std::string& reference);
  // Somebody has it send again that a payment succeeded, as its dashboard lets them. False: it never did.
  bool resend_success(const std::string& reference);
  // A payer whose barcode was scanned decides on the phone.
  void decide_on_phone(const std::string& reference, bool approves);
  // What goes wrong at one account and not at the other.
  [[nodiscard]] Weather& weather() { return weather_; }
  // Payments that were charged, and the switch was told of a decline.
  [[nodiscard]] const std::set<std::string>& lied_about() const { return lied_about_; }
  // From now on they charge twice whatever they charge: what the checker must find.
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
  enum class Name : std::uint8_t { stripe, alipay, wechatpay };
  struct House {
    Name name;
    std::string_view prefix;
    sandbox::GatewayModel& model;
    sandbox::FaultPlan& faults;
    std::optional<Instant> wakes_at = {};
  };
  void serve(http::Request request, Reply reply);
  // What strikes this one request, as the sandbox knows it.
  [[nodiscard]] std::optional<sandbox::Fault> draw_fault();
  // What its account's weather does to it, likewise.
  [[nodiscard]] std::optional<sandbox::Fault> fault_of_weather(http::Request& request);
  // The answer to a charge becomes a decline.
  void lie(const http::Request& request, sandbox::Reaction& reaction);
  void take(const House& house, std::vector<sandbox::Callback> callbacks);
  enum class Kind : std::uint8_t { genuine, stale, forged };
  struct Call {
    Name from = Name::stripe;
    Kind kind = Kind::genuine;
    sandbox::Callback callback;
  };
  void call_back(Call call, Duration after);
  void sign(Call& call) const;
  void note_acknowledged(const Call& call);
  void forge(Call genuine);
  void watch_the_clock(House& house);
  // A control request; whether it was done.
  bool command(House& house, std::string target, std::string body);
  [[nodiscard]] std::string account_listed(House& house, std::string target, std::string_view list,
                                           std::string_view member);
  [[nodiscard]] std::int64_t refund_an_order(House& house, const sandbox::orders::OrderBooks& books,
                                             const Names& names);
  [[nodiscard]] Names names_of(const std::string& reference) const;

  Scheduler& scheduler_;
  Network& network_;
  Faults& faults_;
  Weather weather_;
  sandbox::stripe::StripeModel stripe_{"a fingerprint key of the simulator"};
  sandbox::alipay::AlipayModel alipay_;
  sandbox::wechatpay::WechatPayModel wechatpay_;
  std::array<House, 3> houses_;
  sandbox::Draws draws_;
  std::function<Names(const std::string&)> names_of_;
  std::map<std::string, std::string> secrets_;  // by the address of callbacks
  std::size_t callbacks_under_way_ = 0;
  std::map<std::string, Call> successes_;  // by payment reference, or by order
  Instant forgotten_at_{};
  std::set<std::string> acknowledged_;
  std::vector<std::string> believed_;
  std::set<std::string> lied_about_;
  bool charges_twice_ = false;
};

}  // namespace payweir::sim
