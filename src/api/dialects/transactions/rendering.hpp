#pragma once
// Payments and refunds as transactions of the common payment service.
#include <optional>
#include <string>
#include <string_view>

#include "flows/views.hpp"

namespace payweir::api::dialects::transactions {

// PENDING_CREATE: the channel has not been asked, or not answered, yet. PENDING_PAYMENT: open. A paid one is
// REFUND_PARTIAL or REFUND_FULL once a refund of it succeeded.
[[nodiscard]] std::string_view status_of(const Payment& payment, const std::optional<Attempt>& attempt);
// PENDING: the channel has not taken it yet. PROCESSING: it has.
[[nodiscard]] std::string_view status_of(const Refund& refund);

class Rendering final : public flows::Rendering {
 public:
  explicit Rendering(std::string public_url) : public_url_(std::move(public_url)) {}
  [[nodiscard]] std::string payment(const flows::PaymentView& view) const override;
  [[nodiscard]] std::string refund(const flows::RefundView& view) const override;
  // With the newest callback about it, as it came; one that is not UTF-8 as "base64:…".
  [[nodiscard]] std::string payment(const flows::PaymentView& view, const std::string& callback) const;

 private:
  std::string public_url_;
};

}  // namespace payweir::api::dialects::transactions
