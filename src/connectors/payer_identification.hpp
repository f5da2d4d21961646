#pragma once
// PayerIdentification: how a wallet tells who its payer is, where a payment inside the wallet's own browser
// is made out to one. The browser is sent to a page of the wallet and comes back with a code; the code is
// exchanged for the payer's id, server to server. As pure as the rest of a connector: flows does the sending.
#include <string>
#include <string_view>

#include "connectors/connector.hpp"

namespace payweir {

// Where a wallet's pages and its servers for this are: they are others than those that take payments. Both as
// ConnectorContext::base_url is.
struct IdentityHosts {
  std::string pages;  // the payer's browser goes there
  std::string api;    // the code goes there
};

class PayerIdentification {
 public:
  virtual ~PayerIdentification() = default;
  // What is paid with who was identified so.
  [[nodiscard]] virtual PaymentMethod method() const = 0;
  // Whether an account of these credentials can.
  [[nodiscard]] virtual bool is_possible(const ConnectorContext& context) const = 0;

  // Requires of all below: is_possible(context).
  // Where the browser goes. It comes back to `way_back` with "code" and `state` in the query. `state` is
  // letters and digits, 128 at most.
  [[nodiscard]] virtual std::string begin_identify(const IdentityHosts& hosts,
                                                   const ConnectorContext& context, std::string_view way_back,
                                                   std::string_view state) const = 0;
  // The one request for this code, which is good for one.
  [[nodiscard]] virtual http::Request exchange(const IdentityHosts& hosts, const ConnectorContext& context,
                                               const Secret& code) const = 0;
  // The payer's id, as Wallet::payer_id wants it. Errors, none of which quotes the code or the id:
  // invalid_value (field "code": used, expired or none; the payer may come again), rate_limited,
  // connector_credentials_invalid, connector_answer_malformed, gateway_unclear.
  [[nodiscard]] virtual Result<std::string> read_identity(const ConnectorContext& context,
                                                          const http::Response& answer) const = 0;
};

}  // namespace payweir
