#include "flows/accounts/profile_settings.hpp"

#include <algorithm>

namespace payweir::flows {
namespace {

constexpr std::size_t kUrlBytesMax = 2048;

std::unexpected<Error> bad_url(std::string why) {
  return fail(Code::invalid_value, "webhook_details.webhook_url", std::move(why));
}

void write_secrets(Context& context, ProfileView& view, const ProfileSecrets& secrets) {
  view.row.sealed_secrets = seal_profile_secrets(context.keys, view.row.id.key, secrets);
  view.payment_response_hash_key = secrets.payment_response_hash_key.reveal();
}

}  // namespace

Result<void> check_webhook_url(const Settings& settings, std::string_view url) {
  const bool is_https = url.starts_with("https://");
  if (!is_https && !(settings.webhooks_allow_private && url.starts_with("http://")))
    return bad_url("an https:// address is expected");
  if (url.size() > kUrlBytesMax) return bad_url("the address is too long");
  if (!std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '#'; }))
    return bad_url("only visible ASCII characters without \\ and # are allowed in an address");
  const std::string_view behind_scheme = url.substr(is_https ? 8 : 7);
  const std::string_view authority = behind_scheme.substr(0, behind_scheme.find_first_of("/?"));
  if (authority.empty() || authority.front() == ':') return bad_url("the address names no host");
  if (authority.contains('@')) return bad_url("user names are not allowed in an address");
  return {};
}

Result<ProfileView> make_profile(Context& context, const store::MerchantRow& merchant, std::string name,
                                 ProfileDetails details, ProfileSettings settings) {
  ProfileView view;
  view.row.id = context.new_id<ProfileTag>();
  view.row.merchant_no = merchant.id.key;
  view.row.name = std::move(name);
  view.row.created_at = view.row.modified_at = context.clock.wall();
  view.merchant_id = merchant.merchant_id;
  if (settings.webhook_url && !settings.webhook_url->empty()) {
    if (Result<void> usable = check_webhook_url(context.settings, *settings.webhook_url); !usable)
      return fail(std::move(usable.error()));
    view.row.webhook_url = std::move(*settings.webhook_url);
  }
  ProfileSecrets secrets;
  secrets.webhook.push_back(draw_webhook_secret(context.random));
  secrets.payment_response_hash_key = settings.payment_response_hash_key
                                          ? std::move(*settings.payment_response_hash_key)
                                          : draw_payment_response_hash_key(context.random);
  view.new_webhook_secret = show_webhook_secret(secrets.webhook.front());
  write_secrets(context, view, secrets);
  view.row.details = details.serialise();
  view.details = std::move(details);
  return view;
}

Result<void> change_profile(Context& context, ProfileView& view, const ProfileDetails& details,
                            ProfileSettings settings) {
  if (settings.webhook_url) {
    if (!settings.webhook_url->empty())
      if (Result<void> usable = check_webhook_url(context.settings, *settings.webhook_url); !usable)
        return usable;
    view.row.webhook_url = std::move(*settings.webhook_url);
    view.details.webhook_disabled_at.clear();  // an address that is set, even again, is tried again
  }
  if (settings.rotate_webhook_secret || settings.payment_response_hash_key) {
    Result<ProfileSecrets> secrets =
        open_profile_secrets(context.keys, view.row.id.key, view.row.sealed_secrets);
    if (!secrets) return fail(std::move(secrets.error()));
    if (settings.rotate_webhook_secret) {
      secrets->rotate_webhook_secret(context.random, context.clock.wall());
      view.new_webhook_secret = show_webhook_secret(secrets->webhook.front());
    }
    if (settings.payment_response_hash_key)
      secrets->payment_response_hash_key = std::move(*settings.payment_response_hash_key);
    write_secrets(context, view, *secrets);
  }
  view.details.merge(details);
  view.row.details = view.details.serialise();
  view.row.modified_at = context.clock.wall();
  ++view.row.version;
  return {};
}

}  // namespace payweir::flows
