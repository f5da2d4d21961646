#pragma once
// Payments and refunds as the quickstart page shows them.
#include <string>
#include <string_view>

#include "flows/views.hpp"

namespace payweir::api::dialects::quickstart {

// PENDING, PROCESSING, SUCCESS, FAILED, CLOSED, PARTIALLY_REFUNDED, REFUNDED
[[nodiscard]] std::string_view status_of(const Payment& payment);
// PROCESSING, SUCCESS, FAILED
[[nodiscard]] std::string_view status_of(RefundState state);

class Rendering final : public flows::Rendering {
 public:
  explicit Rendering(std::string public_url) : public_url_(std::move(public_url)) {}
  [[nodiscard]] std::string payment(const flows::PaymentView& view) const override;
  [[nodiscard]] std::string refund(const flows::RefundView& view) const override;

 private:
  std::string public_url_;
};

[[nodiscard]] std::string render_status(const flows::PaymentView& view);

}  // namespace payweir::api::dialects::quickstart
