#pragma once
// Payments as go-uni-pay answers them: {code, message, data}, with the snake_case keys of its docs/api.md
// (its code has none for the answer to a create, and sends Go's names), its statuses and its codes
// (pkg/errors/errors.go).
#include <string>
#include <string_view>

#include "base/http.hpp"
#include "flows/views.hpp"

namespace payweir::api::dialects::unipay {

// pending, processing, success, failed, closed
[[nodiscard]] std::string_view status_of(PaymentState state);

// The answer to a create: how the payer pays.
class Rendering final : public flows::Rendering {
 public:
  explicit Rendering(std::string public_url) : public_url_(std::move(public_url)) {}
  [[nodiscard]] std::string payment(const flows::PaymentView& view) const override;
  // go-uni-pay has no refunds. Not called.
  [[nodiscard]] std::string refund(const flows::RefundView& view) const override;

 private:
  std::string public_url_;
};

// The answer to a query: the order.
[[nodiscard]] std::string render_order(const flows::PaymentView& view);

// The codes of what cannot be told more narrowly.
enum class Otherwise : int { create_failed = 2000, query_failed = 2001, notify_failed = 2002 };

struct ErrorCode {
  int code = 1000;
  int status = 500;  // 400 for all that is not about the key, the rate, a callback or ourselves
};
[[nodiscard]] ErrorCode code_of(const Error& error, Otherwise otherwise);
[[nodiscard]] http::Response render_create_error(const Error& error);
[[nodiscard]] http::Response render_query_error(const Error& error);
[[nodiscard]] http::Response render_notify_error(const Error& error);

}  // namespace payweir::api::dialects::unipay
