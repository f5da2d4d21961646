#pragma once
// What Alipay's answers mean for the operation they are about. Nothing is read before its signature is
// verified over the bytes that came; then order number, amount and merchant are held against what was asked.
#include <string_view>

#include "base/http.hpp"
#include "base/json_reader.hpp"
#include "connectors/alipay/credentials.hpp"
#include "connectors/alipay/status_map.hpp"
#include "connectors/connector.hpp"

namespace payweir::alipay {

// The content of an answer that Alipay signed, or of one in which the gateway refused to.
struct Content {
  json::Document document;
  bool is_signed = false;

  [[nodiscard]] json::Value root() const { return document.root(); }
  [[nodiscard]] bool is_success() const { return root()["code"].text() == "10000"; }
  [[nodiscard]] const ErrorRow& error() const {
    return map_error(root()["code"].text(), root()["sub_code"].text());
  }
};
// Errors: connector_answer_malformed, signature_mismatch.
[[nodiscard]] Result<Content> read_content(const http::Response& answer, std::string_view method,
                                           const Credentials& credentials);

// Whether it is the answer to this method, whatever it says.
[[nodiscard]] bool answers(const http::Response& answer, std::string_view method);

// The answer to call_of().
[[nodiscard]] Outcome read_money_answer(const ConnectorRequest& request, const Credentials& credentials,
                                        std::string_view method, const http::Response& answer);
// The answer to query_of().
[[nodiscard]] Finding read_query_answer(const ConnectorRequest& request, const Credentials& credentials,
                                        const http::Response& answer);
// Whether Alipay says, signed, that it will not cancel: what a query shows then is as it is.
[[nodiscard]] bool refuses_to_cancel(const Credentials& credentials, const http::Response& answer);
// The answer to cancel_of(), sent as a fence or once more.
[[nodiscard]] FenceAnswer read_cancel_answer(const ConnectorRequest& request, const Credentials& credentials,
                                             const http::Response& answer);

}  // namespace payweir::alipay
