#include "jobs/artefact_jobs.hpp"

#include <algorithm>
#include <optional>

#include "flows/gateway.hpp"

namespace payweir::jobs {
namespace {

constexpr Duration kWaitMin = minutes(1);
constexpr Duration kWaitMax = hours(1);
constexpr Duration kWarnAgainAfter = days(1);

// nullptr: the account is gone, or is none that anything is sent to.
Task<Result<std::shared_ptr<const flows::ConnectorAccount>>> find_account(flows::Context& context,
                                                                          store::AccountPlace place) {
  const auto merchant = co_await context.directory.merchant(place.merchant_no);
  if (!merchant) co_return fail(merchant.error());
  auto account = *merchant ? (*merchant)->find_account(place.key) : nullptr;
  if (account && !account->connector) account = nullptr;
  co_return account;
}

}  // namespace

Task<Result<std::vector<DueItem>>> RenewArtefactsJob::list_due(Selection selection) {
  std::vector<DueItem> due;
  for (const Connector* const connector : all_connectors()) {
    if (!connector->capabilities().needs_artefacts) continue;
    const auto places =
        co_await store::list_account_places(context_.store, std::string(connector->capabilities().name));
    if (!places) co_return fail(places.error());
    for (const store::AccountPlace& place : *places) {
      Known& known = known_[place.key];
      if (known.place.version != place.version) known = {place, false, {}, {}};
      const flows::Artefacts::Kept kept = context_.artefacts.find(place.key, place.version);
      const bool is_fresh = kept.artefact && context_.clock.wall() < kept.refresh_at;
      if (is_fresh || known.needs_none || context_.clock.suspended() < known.not_before) continue;
      if (due.size() < selection.limit) due.push_back({place.key, 0});
    }
  }
  co_return due;
}

Task<Result<void>> RenewArtefactsJob::work(DueItem item) {
  const store::AccountPlace place = known_[item.key].place;
  const auto account = co_await find_account(context_, place);
  if (!account) co_return fail(account.error());
  if (!*account) co_return Result<void>{};
  const ConnectorContext of_account = flows::connector_context(context_, **account);
  if (!of_account.may_need) {
    known_[item.key].needs_none = true;
    co_return Result<void>{};
  }
  const bool is_renewed = co_await flows::renew_artefact(context_, **account, of_account.artefact);
  Known& known = known_[item.key];
  known.wait = is_renewed ? Duration{} : std::clamp(known.wait * 2, kWaitMin, kWaitMax);
  known.not_before = context_.clock.suspended() + known.wait;
  co_return Result<void>{};
}

void WatchCertificatesJob::look_at(const flows::ConnectorAccount& account, std::string_view owner,
                                   std::int64_t& first_end_ms) {
  std::optional<CertificateTerm> last;
  for (CertificateTerm& term : account.connector->certificates(flows::connector_context(context_, account)))
    if (term.owner == owner && (!last || last->not_after < term.not_after)) last = std::move(term);
  if (!last) return;
  if (first_end_ms == 0 || last->not_after.ms < first_end_ms) first_end_ms = last->not_after.ms;
  const Instant now = context_.clock.wall();
  if (now + kWarnBefore < last->not_after) return;
  Instant& warned_at = warned_at_[{account.row.id.key, last->serial}];
  if (now < warned_at + kWarnAgainAfter) return;
  warned_at = now;
  context_.log.write(now < last->not_after ? LogLevel::warning : LogLevel::error,
                     now < last->not_after ? "certificate.ends_soon" : "certificate.has_ended",
                     {{"connector", std::string_view(account.row.connector)},
                      {"account", std::string_view(to_text(account.row.id))},
                      {"owner", owner},
                      {"serial", std::string_view(last->serial)},
                      {"not_after", std::string_view(format_iso8601(last->not_after))}});
}

Task<Result<std::vector<DueItem>>> WatchCertificatesJob::list_due(Selection) {
  const std::span<const Connector* const> connectors = all_connectors();
  for (std::size_t i = 0; i < connectors.size(); ++i) {
    if (!connectors[i]->capabilities().has_certificates) continue;
    const auto places =
        co_await store::list_account_places(context_.store, std::string(connectors[i]->capabilities().name));
    if (!places) co_return fail(places.error());
    std::array<std::int64_t, flows::Telemetry::kCertificateOwners.size()> first_end_ms{};
    for (const store::AccountPlace& place : *places) {
      const auto account = co_await find_account(context_, place);
      if (!account) co_return fail(account.error());
      if (!*account) continue;
      for (std::size_t owner = 0; owner < first_end_ms.size(); ++owner)
        look_at(**account, flows::Telemetry::kCertificateOwners[owner], first_end_ms[owner]);
    }
    for (std::size_t owner = 0; owner < first_end_ms.size(); ++owner)
      context_.telemetry.certificate_ends_ms[i][owner] = first_end_ms[owner];
  }
  co_return std::vector<DueItem>{};
}

Task<Result<void>> WatchCertificatesJob::work(DueItem) {
  co_return Result<void>{};
}

}  // namespace payweir::jobs
