#include "api/dialects/channels.hpp"

#include <algorithm>
#include <array>

#include "api/native/payment_method_data.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"

namespace payweir::api::dialects {
namespace {

// Where two have the same meaning, the first is the one that is shown.
constexpr std::array kChannels = {
    Channel{"alipay", "alipay", PaymentMethod::ali_pay_redirect},
    Channel{"alipay_qr", "alipay", PaymentMethod::ali_pay_qr},
    Channel{"alipay_wap", "alipay", PaymentMethod::ali_pay_wap},
    Channel{"alipay_app", "alipay", PaymentMethod::ali_pay_app},
    Channel{"alipay_jsapi", "alipay", PaymentMethod::ali_pay_jsapi},
    Channel{"alipay_barcode", "alipay", PaymentMethod::ali_pay_barcode},
    Channel{"wechat", "wechatpay", PaymentMethod::we_chat_pay_qr},
    Channel{"wechat_h5", "wechatpay", PaymentMethod::we_chat_pay_redirect},
    Channel{"wechat_app", "wechatpay", PaymentMethod::we_chat_pay_app},
    Channel{"wechat_jsapi", "wechatpay", PaymentMethod::we_chat_pay_jsapi},
    Channel{"wechat_barcode", "wechatpay", PaymentMethod::we_chat_pay_barcode},
    Channel{"wechatpay", "wechatpay", PaymentMethod::we_chat_pay_qr},
    Channel{"stripe", "stripe"},
    Channel{"paypal", "paypal"},
};

bool has_account(const flows::MerchantEntry& merchant, std::string_view connector) {
  const auto profile = merchant.default_profile();
  return profile && std::ranges::any_of(profile->accounts, [&](const auto& account) {
           return account->connector && !account->row.disabled && account->row.connector == connector;
         });
}

}  // namespace

Result<Channel> find_channel(const flows::MerchantEntry& merchant, std::string_view name,
                             std::string_view field) {
  const auto known = std::ranges::find(kChannels, name, &Channel::name);
  const Channel channel = known == kChannels.end() ? Channel{name, name} : *known;
  if (has_account(merchant, channel.connector)) return channel;
  if (known == kChannels.end())
    return fail(Code::connector_unknown, std::string(field), "there is no such " + std::string(field));
  return fail(Code::no_connector_account, std::string(field),
              "no account of this " + std::string(field) + " is switched on");
}

Result<void> choose_channel(const Channel& channel, PayerProof proof, std::string_view field,
                            flows::CreatePayment& command) {
  flows::PaymentDetails& details = command.details.edit();
  json::Writer routing(64);
  routing.begin_object().field("type", "priority").key("data").begin_array();
  routing.string(channel.connector).end_array().end_object();
  details.routing_json = std::move(routing).take();
  if (channel.method == PaymentMethod::none) return {};
  const std::string prefix = field.empty() ? "" : std::string(field) + '.';
  if (needs_payer_id(channel.method) && proof.payer_id.empty())
    return fail(Code::missing_field, prefix + "open_id", "");
  if (is_barcode(channel.method) && proof.auth_code.empty())
    return fail(Code::missing_field, prefix + "auth_code", "");
  native::set_wallet({channel.method, std::move(proof.payer_id), std::move(proof.auth_code)},
                     command.instrument, details);
  command.confirm = true;
  return {};
}

std::string connector_of(std::string_view channel_name) {
  const auto known = std::ranges::find(kChannels, channel_name, &Channel::name);
  return std::string(known == kChannels.end() ? channel_name : known->connector);
}

std::string_view channel_name_of(std::string_view connector, PaymentMethod method) {
  const auto known = std::ranges::find_if(kChannels, [&](const Channel& channel) {
    return channel.connector == connector && channel.method == method;
  });
  if (known != kChannels.end()) return known->name;
  const auto nearest = std::ranges::find(kChannels, connector, &Channel::connector);
  return nearest == kChannels.end() ? connector : nearest->name;
}

std::string channel_of(const flows::PaymentView& view) {
  if (view.attempt && view.account) {
    const PaymentMethod method = view.attempt->method;
    return std::string(channel_name_of(view.account->row.connector,
                                       method == PaymentMethod::card ? PaymentMethod::none : method));
  }
  const Result<json::Document> routing = json::parse(view.details->routing_json);
  if (!routing) return {};
  const json::Value first = routing->root()["data"].first();
  const std::string_view connector = first.is(json::Kind::object) ? first["connector"].text() : first.text();
  const std::optional<PaymentMethod> wallet = parse_wallet(view.details->wallet);
  return std::string(channel_name_of(connector, wallet.value_or(PaymentMethod::none)));
}

}  // namespace payweir::api::dialects
