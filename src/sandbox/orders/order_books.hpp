#pragma once
// OrderBooks: every order and refund that a modelled gateway knows, and sums per account. Money moves only
// through its functions, each of which keeps the sums; they are the oracle that a test holds the switch
// against.
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "sandbox/orders/order.hpp"

namespace payweir::sandbox::orders {

struct Totals {
  std::int64_t charges = 0;
  std::int64_t refunds = 0;                 // that have not failed
  std::int64_t captured = 0, refunded = 0;  // fen
};

struct Account {
  std::string id;  // app_id, mchid
  std::int64_t orders = 0;
  std::uint32_t newest_order = 0;  // when there is one
  Totals totals;
};

// What the orders under one reference amount to, over all accounts.
struct ReferenceTotals {
  std::int64_t charge_count = 0;
  std::int64_t captured = 0, refunded = 0;
};

class OrderBooks {
 public:
  static constexpr std::size_t kOrdersMax = 1'000'000;
  static constexpr std::size_t kRefundsPerOrderMax = 1000;
  static constexpr std::size_t kRepeatedReferencesMax = 1000;

  // The account of that name, made when there is none.
  [[nodiscard]] std::uint32_t account_of(std::string_view id);
  [[nodiscard]] const std::vector<Account>& accounts() const { return accounts_; }

  [[nodiscard]] bool full() const { return orders_.size() >= kOrdersMax; }
  // Requires: !full(), and no order of the account under that number. Gives it its place.
  Order& add(Order order);
  [[nodiscard]] std::size_t size() const { return orders_.size(); }
  [[nodiscard]] Order& at(std::uint32_t number) { return orders_[number]; }
  [[nodiscard]] const Order& at(std::uint32_t number) const { return orders_[number]; }
  // Each nullptr when there is none.
  [[nodiscard]] Order* find(std::uint32_t account, std::string_view out_trade_no);
  [[nodiscard]] Order* find_transaction(std::uint32_t account, std::string_view transaction_no);
  [[nodiscard]] Order* find_code(std::string_view code);
  struct RefundPlace {
    Order* order = nullptr;
    OrderRefund* refund = nullptr;
  };
  // By the merchant's number of the refund, where one is unique in its account.
  [[nodiscard]] RefundPlace find_refund(std::uint32_t account, std::string_view request_no);

  // The trade comes to be. Requires: it has no number yet.
  void set_transaction_no(Order& order, std::string transaction_no);
  // The code or prepay_id that leads to it as well.
  void set_code(Order& order, std::string_view code) { by_code_[std::string(code)] = order.number; }
  // Requires: is_unpaid().
  void pay(Order& order, Instant now);
  // Requires: was_paid(), 0 < amount <= amount - refunded, fewer than kRefundsPerOrderMax.
  OrderRefund& refund(Order& order, OrderRefund refund);
  // A refund in processing ends; one that does not succeed gives the money back to the merchant.
  void settle(Order& order, std::size_t refund, RefundState state, Instant now);

  // visit(order) for each of that reference, oldest first.
  template <class Visit>
  void visit_by_reference(std::string_view reference, Visit visit) const {
    const auto known = by_reference_.find(std::string(reference));
    if (known == by_reference_.end()) return;
    for (const std::uint32_t number : known->second)
      visit(orders_[number]);
  }
  [[nodiscard]] ReferenceTotals totals_of_reference(std::string_view reference) const;
  // References with more than one charge ever, as they were found; kRepeatedReferencesMax of them.
  [[nodiscard]] const std::vector<std::string>& repeated_references() const { return repeated_; }

 private:
  using Index = std::unordered_map<std::string, std::uint32_t>;
  [[nodiscard]] static std::string key_of(std::uint32_t account, std::string_view number);
  [[nodiscard]] Order* look_up(const Index& index, const std::string& key);

  std::deque<Order> orders_;
  std::vector<Account> accounts_;
  Index by_out_trade_no_, by_transaction_no_, by_refund_no_, by_code_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_reference_;
  std::vector<std::string> repeated_;
};

struct BooksQuery {
  static constexpr std::size_t kLimitMax = 10'000;
  bool summary = false;      // totals only
  std::size_t limit = 1000;  // orders a page, oldest first
  std::uint32_t from = 0;    // number of the first order
  std::string reference;     // only the orders under this reference
};
// summary=true, limit=1…10000, after=NUMBER, reference=…. Errors name the parameter.
[[nodiscard]] Result<BooksQuery> read_books_query(std::string_view query);
[[nodiscard]] std::string render_books(std::string_view gateway, const OrderBooks& books,
                                       const BooksQuery& query);

}  // namespace payweir::sandbox::orders
