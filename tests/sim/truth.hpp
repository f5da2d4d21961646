#pragma once
// The gateways' own books, as the checker wants them: what became of a payment's money, whichever gateway it
// was at. Stripe knows a payment by its reference; Alipay and WeChat Pay know orders, each of which is called
// like the attempt that it was made for, and refunds that are called like their operation.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace payweir::sandbox::stripe {
class Books;
}
namespace payweir::sandbox::orders {
class OrderBooks;
struct Order;
}  // namespace payweir::sandbox::orders

namespace payweir::sim {

// A payment by all the names that gateways know it by.
struct Names {
  std::string reference;           // the merchant's id of it, or the switch's
  std::set<std::string> attempts;  // "att_…", those that a restore forgot as well
};

struct Truth {
  std::int64_t charges = 0;  // without those that a cancellation took back
  std::int64_t captured = 0, held = 0;
  std::int64_t refunded = 0;    // by the switch, and done
  std::int64_t returned = 0;    // by the switch, done, and come back
  std::int64_t taken_back = 0;  // charged, and paid back by the cancellation of the order
  // Charged, and refunded in full since: Alipay shows such an order as it shows one that was never paid, and
  // so does every gateway an order that was cancelled, which gave back what a person had not refunded.
  std::int64_t came_and_went = 0;
};

class GatewayBooks {
 public:
  GatewayBooks(const sandbox::stripe::Books& stripe, const sandbox::orders::OrderBooks& alipay,
               const sandbox::orders::OrderBooks& wechatpay)
      : stripe_(&stripe), alipay_(&alipay), wechatpay_(&wechatpay) {}

  [[nodiscard]] Truth truth_of(const Names& names) const;
  // Whether the gateway's id of a charge is one of this payment's.
  [[nodiscard]] bool is_of(const std::string& gateway_id, const Names& names) const;
  // At whose account: "acct_…", an app_id or an mchid; "" when this payment has no such charge.
  [[nodiscard]] std::string account_of(const std::string& gateway_id, const Names& names) const;
  // Whether this refund of the switch's is done, or going to be.
  [[nodiscard]] bool has_refund(const Names& names, std::string_view operation_id) const;
  // References of more than one charge, at gateways that know references.
  [[nodiscard]] std::set<std::string> repeated_references() const;

  struct Sums {
    std::uint64_t scanned = 0;     // orders whose code or page was paid
    std::uint64_t barcodes = 0;    // orders that were paid by the payer's barcode
    std::uint64_t unpaid = 0;      // orders that ended without a payment
    std::uint64_t taken_back = 0;  // paid, and cancelled all the same
    std::uint64_t refunds = 0;     // that are done
  };
  [[nodiscard]] Sums sums_of_orders() const;

 private:
  template <class Visit>
  void visit_orders(const Names& names, Visit visit) const;

  const sandbox::stripe::Books* stripe_;
  const sandbox::orders::OrderBooks* alipay_;
  const sandbox::orders::OrderBooks* wechatpay_;
};

}  // namespace payweir::sim
