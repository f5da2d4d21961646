#pragma once
// What Stripe's answers mean for the operation they are about. Every answer is held against what was
// asked for: amount, currency and our own reference must agree, or nothing is concluded from it.
#include <string>
#include <variant>

#include "base/http.hpp"
#include "connectors/connector.hpp"

namespace payweir::stripe {

// The answer to build_money_request().
[[nodiscard]] Outcome read_money_answer(const ConnectorRequest& request,
                                        const ConnectorCredentials& credentials,
                                        const http::Response& answer);

// The answer to build_customer(): their id, or what the operation comes to without one.
[[nodiscard]] std::variant<Outcome, std::string> read_customer_answer(const ConnectorRequest& request,
                                                                      const ConnectorCredentials& credentials,
                                                                      const http::Response& answer);

// The answers to the questions.
[[nodiscard]] Finding read_payment_answer(const ConnectorRequest& request,
                                          const ConnectorCredentials& credentials,
                                          const http::Response& answer);
[[nodiscard]] Finding read_search_answer(const ConnectorRequest& request,
                                         const ConnectorCredentials& credentials,
                                         const http::Response& answer);
[[nodiscard]] Finding read_refund_answer(const ConnectorRequest& request,
                                         const ConnectorCredentials& credentials,
                                         const http::Response& answer);
// A page of a list without ours: go on behind this one.
struct NextPage {
  std::string after;
};
[[nodiscard]] std::variant<Finding, NextPage> read_refund_page(const ConnectorRequest& request,
                                                               const ConnectorCredentials& credentials,
                                                               const http::Response& answer);

[[nodiscard]] std::variant<Finding, NextPage> read_payment_page(const ConnectorRequest& request,
                                                                const ConnectorCredentials& credentials,
                                                                const http::Response& answer);

// Errors: connector_credentials_invalid, gateway_unclear.
[[nodiscard]] Result<void> read_balance_answer(const http::Response& answer);

// Whether Stripe stored the request of build_fence(), or one that came before it.
[[nodiscard]] FenceAnswer read_fence_answer(const http::Response& answer);

}  // namespace payweir::stripe
