#pragma once
// Channels: the names under which the dialects know gateways, and what each means here: which connector takes
// the payment, and how the payer is asked.
#include <string>
#include <string_view>

#include "flows/payments.hpp"

namespace payweir::api::dialects {

struct Channel {
  std::string_view name;
  std::string_view connector;                  // "": whichever routing chooses
  PaymentMethod method = PaymentMethod::none;  // a wallet's, or none: the payer chooses on the payment page
};

// By its name, or by the name of a connector that the merchant has an account of. `view` of the name outlives
// the channel. Errors: connector_unknown, no_connector_account (no account of it is switched on); both with
// `field`.
[[nodiscard]] Result<Channel> find_channel(const flows::MerchantEntry& merchant, std::string_view name,
                                           std::string_view field);

// What the payer's side of a wallet needs of the request.
struct PayerProof {
  std::string payer_id;  // openid
  Secret auth_code;      // of a barcode
};
// Has the payment paid by this channel. Error: missing_field, `field` and the proof that the wallet needs.
[[nodiscard]] Result<void> choose_channel(const Channel& channel, PayerProof proof, std::string_view field,
                                          flows::CreatePayment& command);

// What callbacks of this channel are told apart by: its connector, or what it is called where no channel is.
[[nodiscard]] std::string connector_of(std::string_view channel_name);

// The other way: the channel of a connector's payments, by this method where that is told apart.
[[nodiscard]] std::string_view channel_name_of(std::string_view connector,
                                               PaymentMethod method = PaymentMethod::none);

// The channel that a payment went by or is to go by, "" when it is open yet.
[[nodiscard]] std::string channel_of(const flows::PaymentView& view);

}  // namespace payweir::api::dialects
