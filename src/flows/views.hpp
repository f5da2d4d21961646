#pragma once
// Views: what flows hand to whoever renders: rows with the names that the outside knows them by.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/shared_value.hpp"
#include "domain/payment.hpp"
#include "flows/directory.hpp"
#include "flows/payment_details.hpp"
#include "store/rows.hpp"

namespace payweir::flows {

struct RefundView {
  Refund refund;
  std::string refund_id;   // as the merchant knows it
  std::string payment_id;  // as the merchant knows it
  std::string reason;
  std::string metadata_json;
  std::shared_ptr<const MerchantEntry> merchant;
  std::shared_ptr<const ProfileEntry> profile;
  std::shared_ptr<const ConnectorAccount> account;  // may be null (deleted meanwhile)
  std::int64_t gateway_us = 0;                      // of a sync: how long the gateway took to answer
};

// One of a payment's attempts, and where it went.
struct AttemptView {
  Attempt attempt;
  std::shared_ptr<const ConnectorAccount> account;  // null: it is gone
};

struct PaymentView {
  Payment payment;
  std::optional<Attempt> attempt;
  SharedValue<PaymentDetails> details;
  std::string payment_id;  // as the merchant knows it
  std::string client_secret;
  std::string link_token;  // of its payment link, "" when it has none
  std::shared_ptr<const MerchantEntry> merchant;
  std::shared_ptr<const ProfileEntry> profile;
  std::shared_ptr<const ConnectorAccount> account;  // of the attempt; null when there is none
  std::vector<RefundView> refunds;                  // filled by retrieve only
  bool refunds_loaded = false;
  std::vector<AttemptView> attempts;  // oldest first; filled by retrieve where it is asked for them
  bool attempts_loaded = false;
  std::int64_t gateway_us = 0;  // of a sync: how long the gateway took to answer
};

// Until when the code of an attempt that shows one is worth scanning: Alipay and WeChat Pay both forget a
// code two hours after they made it, however long there is to pay. Requires: view.attempt.
[[nodiscard]] Instant code_valid_until(const PaymentView& view);

// How a view becomes bytes. The API's dialect implements it; flows needs it for the answers that it
// stores and the webhooks that it queues.
class Rendering {
 public:
  virtual ~Rendering() = default;
  [[nodiscard]] virtual std::string payment(const PaymentView& view) const = 0;
  [[nodiscard]] virtual std::string refund(const RefundView& view) const = 0;
};

}  // namespace payweir::flows
