#pragma once
// The merchants' side of the world: clients that take payments through the API, ask again when they are not
// answered, click twice and change their minds; payers on the gateway's page; and endpoints that take
// webhooks. What a client was told is kept, as the switch must stand by it.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checker.hpp"
#include "network.hpp"
#include "ports/task.hpp"

namespace payweir::sim {

struct Merchant {
  std::string id, api_key;
};

// What one client wants, and what it was told.
struct Order {
  std::size_t number = 0;
  std::size_t merchant = 0;
  std::string payment_id;  // chosen by the merchant, or as the switch answered; "" before that
  std::int64_t amount = 0;
  std::string currency;
  std::string card;
  std::string wallet;     // "ali_pay_qr"; "" when it is paid by card
  std::string auth_code;  // of a barcode
  bool manual_capture = false;
  enum class Style : std::uint8_t { at_once, in_two, with_update } style = Style::at_once;
  enum class Then : std::uint8_t { nothing, capture, capture_part, cancel } then = Then::nothing;
  int refunds = 0;
  bool syncs = false;
  enum class Payer : std::uint8_t { drawn, approves, declines, leaves } payer = Payer::drawn;
  Duration payer_takes{};          // of a wallet: until the payer decides; 0: drawn
  bool cancels_meanwhile = false;  // the merchant does, while the payer holds the phone

  // Told with a 2xx, the last one last.
  std::vector<std::string> statuses;
  std::string reason;            // why it went where it went, as it was told last
  std::int64_t payment_key = 0;  // once the checker found it
};

class Shop {
 public:
  static constexpr const char* kSwitch = "https://switch.test";
  static constexpr const char* kShop = "https://shop.test";

  Shop(Scheduler& scheduler, Network& network, Faults& faults, Checker& checker, std::uint64_t seed);

  void add_merchant(Merchant merchant) { merchants_.push_back(std::move(merchant)); }
  // Draws so many orders and lets them come in, so many of a hundred by wallet.
  void open(std::size_t count, Duration within, std::uint64_t wallets_percent);
  // These, all at once.
  void open(std::vector<Order> orders);
  [[nodiscard]] bool is_done() const { return orders_over_ == orders_.size() && payers_on_phone_ == 0; }
  // Who is at the other end when a payer whose barcode was scanned decides.
  void set_phone(std::function<void(const std::string& reference, bool approves)> phone) {
    phone_ = std::move(phone);
  }
  // The merchant asked for it while the payer held the phone.
  [[nodiscard]] bool was_cancelled(const std::string& reference) const {
    return cancelled_meanwhile_.contains(reference);
  }
  // What payers have done by phone, and how often.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& seen() const { return seen_; }
  [[nodiscard]] const std::vector<Order>& orders() const { return orders_; }
  [[nodiscard]] const std::string& key_of(std::size_t merchant) const { return merchants_[merchant].api_key; }
  // From now on this merchant's clients use another API key.
  void change_key(std::size_t merchant, std::string api_key) {
    merchants_[merchant].api_key = std::move(api_key);
  }
  [[nodiscard]] Task<void> sleep(Duration span);

  // Webhooks that an endpoint took, by webhook-id.
  [[nodiscard]] const std::set<std::string>& webhooks() const { return webhooks_; }
  [[nodiscard]] std::uint64_t replays() const { return replays_; }

  // What was executed may be executed again: the switch has lost its memory.
  void forget_answers() {
    answers_.clear();
    ++memory_;
  }

  // What a client was told must still be so: INV-14.
  void check_promises();

  struct Told {
    int status = 0;  // 0: it gave up without an answer
    std::string body;
  };
  // One request with its key until it is answered for good.
  [[nodiscard]] Task<Told> ask(const Order& order, http::Method method, std::string target, std::string body,
                               std::string key);

 private:
  [[nodiscard]] Order draw_order(std::size_t number);
  void make_wallet_order(Order& order);
  void start(Order& order);
  [[nodiscard]] Task<void> live(Order& order);
  [[nodiscard]] Task<Told> pay(Order& order);
  [[nodiscard]] Task<void> follow_up(Order& order);
  // Another merchant's payment answers as one that does not exist: INV-21.
  [[nodiscard]] Task<void> pry(const Order& order);
  [[nodiscard]] Task<void> pay_at_the_bank(Order& order, std::string url);
  // As a payer with a phone, who may come at the last moment, or never. A copy: the shop goes on meanwhile.
  [[nodiscard]] Task<void> pay_by_phone(Order order, std::string type, std::string url, std::uint64_t mood,
                                        Duration takes);
  [[nodiscard]] Task<void> follow_wallet(Order& order);
  // Follows redirects from `url`; where that ended, or what was shown there.
  struct Page {
    std::string url;
    int status = 0;
    std::string body;
  };
  [[nodiscard]] Task<Page> browse(std::string url);
  [[nodiscard]] Task<void> decide_on_page(std::string url, bool approves);
  [[nodiscard]] Task<Told> refund(Order& order, int number);
  [[nodiscard]] Task<std::string> wait_for_end(Order& order);
  [[nodiscard]] Task<Result<http::Response>> send(http::Request request, Duration timeout);
  [[nodiscard]] http::Request make_request(const Order& order, http::Method method, const std::string& target,
                                           const std::string& body, const std::string& key) const;
  void send_once(const Order& order, http::Method method, const std::string& target, const std::string& body,
                 const std::string& key, int expected_refusal);
  // One key is executed once, and answered alike: INV-12. `memory`: the switch's when it was asked.
  void compare_replay(const std::string& key, int memory, const Told& told);
  void take_webhook(http::Request request, Reply reply);
  [[nodiscard]] static std::string create_body(const Order& order, std::int64_t amount);
  [[nodiscard]] static std::string how_to_pay(const Order& order);
  void note_status(Order& order, const Told& told);

  Scheduler& scheduler_;
  Network& network_;
  Faults& faults_;
  Checker& checker_;
  Chance workload_, payers_, wallets_;
  std::vector<Merchant> merchants_;
  std::vector<Order> orders_;
  std::size_t orders_over_ = 0;
  std::map<std::string, std::string> answers_;  // final ones, by merchant and key
  std::set<std::string> webhooks_;
  int memory_ = 0;  // one more each time the switch lost its memory: an answer may have been under way
  std::uint64_t replays_ = 0;
  std::size_t payers_on_phone_ = 0;
  std::function<void(const std::string&, bool)> phone_;
  std::map<std::string, std::uint64_t> seen_;
  std::set<std::string> cancelled_meanwhile_;  // payments
};

}  // namespace payweir::sim
