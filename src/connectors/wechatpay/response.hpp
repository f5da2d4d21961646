#pragma once
// What WeChat Pay's answers mean for the operation they are about. A success is read only when WeChat Pay
// signed it; a refusal that nobody signed decides nothing where money may have moved.
#include "base/http.hpp"
#include "base/json_reader.hpp"
#include "connectors/connector.hpp"
#include "connectors/wechatpay/credentials.hpp"
#include "connectors/wechatpay/status_map.hpp"

namespace payweir::wechatpay {

// A barcode payment that had been sent is executed, or is none, so long after it could last arrive.
inline constexpr Duration kExecutionMax = minutes(2);

struct Content {
  json::Document document;  // an empty body: an empty document
  int status = 0;
  bool is_signed = false;

  [[nodiscard]] json::Value root() const { return document.root(); }
  [[nodiscard]] bool is_success() const { return status == 200 || status == 204; }
  [[nodiscard]] const ErrorRow& error() const { return map_error(root()["code"].text()); }
};
// Errors: connector_answer_malformed, signature_mismatch (a success that is not signed, or anything that is
// signed wrongly).
[[nodiscard]] Result<Content> read_content(const http::Response& answer, const ConnectorContext& context);

// Whether it is signed with a key that is not known yet, so that fetching the certificates may help.
[[nodiscard]] bool needs_newer_certificates(const http::Response& answer, const ConnectorContext& context);

// The answer to call_of().
[[nodiscard]] Outcome read_money_answer(const ConnectorRequest& request, const ConnectorContext& context,
                                        const http::Response& answer);
// The answer to query_of().
[[nodiscard]] Finding read_query_answer(const ConnectorRequest& request, const ConnectorContext& context,
                                        const http::Response& answer);
// Whether WeChat Pay says, signed, that it will not reverse: what a query shows then is as it is.
[[nodiscard]] bool refuses_to_reverse(const ConnectorContext& context, const http::Response& answer);
// The answer to close_of(), sent as a fence.
[[nodiscard]] FenceAnswer read_close_answer(const ConnectorRequest& request, const ConnectorContext& context,
                                            const http::Response& answer);

}  // namespace payweir::wechatpay
