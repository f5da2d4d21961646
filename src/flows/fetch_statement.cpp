#include "flows/fetch_statement.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "connectors/statements.hpp"
#include "flows/gateway.hpp"

namespace payweir::flows {
namespace {

// The address of a file may be good for half a minute only, and the download begins behind this.
constexpr Duration kAskTimeout = seconds(10);

// Reads what goes to the file.
class ReadAlong final : public BodySink {
 public:
  ReadAlong(StatementReader& reader, BodySink& file) : reader_(reader), file_(file) {}
  Result<void> take(std::string_view piece) override {
    if (Result<void> read = reader_.feed(piece); !read) return read;
    return file_.take(piece);
  }

 private:
  StatementReader& reader_;
  BodySink& file_;
};

Task<Result<std::shared_ptr<const ConnectorAccount>>> find_account(Context& context,
                                                                   const StatementWish& wish) {
  auto merchant = co_await context.directory.merchant_by_id(wish.merchant_id);
  if (!merchant) co_return fail(std::move(merchant.error()));
  if (!*merchant) co_return fail(Code::not_found, "merchant_id", "there is no merchant " + wish.merchant_id);
  const Result<ConnectorAccountId> id = parse_id<ConnectorAccountTag>(wish.merchant_connector_id);
  // Deleted ones too: yesterday they may have been in use.
  auto account = id ? (*merchant)->find_account(id->key) : nullptr;
  if (!account || account->row.id != *id)
    co_return fail(Code::not_found, "merchant_connector_id",
                   "the merchant has no connector account " + wish.merchant_connector_id);
  if (!account->connector || !account->connector->capabilities().gives_statements)
    co_return fail(Code::invalid_value, "merchant_connector_id",
                   "no statements can be fetched of connector " + account->row.connector);
  co_return account;
}

Task<Result<StatementSource>> ask_where(Context& context, const ConnectorAccount& account,
                                        const std::string& date) {
  ConnectorContext connector_of = connector_context(context, account);
  if (connector_of.may_need && !connector_of.artefact) {
    // In vain: the answer's signature decides.
    static_cast<void>(co_await renew_artefact(context, account, nullptr));
    connector_of.artefact = context.artefacts.find(account.row.id.key, account.row.version).artefact;
  }
  Result<http::Request> request;
  std::function<void()> begin = [&] { request = account.connector->begin_statement(date, connector_of); };
  co_await compute(context, *account.connector, std::move(begin));
  if (!request) co_return fail(std::move(request.error()));
  CallOptions options;
  options.timeout = std::min(context.settings.gateway_timeout, kAskTimeout);
  const Result<http::Response> answer = co_await context.http.send(std::move(*request), options);
  if (!answer)
    co_return fail(Code::gateway_unclear, "", "the gateway did not answer: " + answer.error().detail);
  Result<StatementSource> source;
  // It signs the request for the file.
  std::function<void()> read = [&] {
    source = account.connector->read_statement_answer(date, connector_of, *answer);
  };
  co_await compute(context, *account.connector, std::move(read));
  co_return source;
}

Task<Result<StatementSummary>> download(Context& context, const ConnectorAccount& account,
                                        statement::File file, BodySink& sink, FetchLimits limits) {
  const std::unique_ptr<StatementReader> reader = make_statement_reader(
      account.row.connector, [](const StatementLine&) { return Result<void>{}; }, file.sha1);
  check(reader != nullptr, "a connector gives statements that this build does not read");
  ReadAlong along(*reader, sink);
  CallOptions options;
  options.timeout = limits.timeout;
  options.idle_timeout = limits.idle_timeout;
  options.response_bytes_max = static_cast<std::size_t>(limits.bytes_max);
  options.reach = file.is_at_gateway ? CallOptions::Reach::configured : CallOptions::Reach::public_only;
  const Result<http::Response> answer =
      co_await context.http.download(std::move(file.request), options, along);
  if (!answer) co_return fail(answer.error());
  if (answer->status != 200)
    co_return fail(Code::gateway_unclear, "",
                   "the gateway answers " + std::to_string(answer->status) + " where it said the file is");
  co_return reader->finish();
}

}  // namespace

Task<Result<FetchedStatement>> fetch_statement(Context& context, StatementWish wish, BodySink& file,
                                               FetchLimits limits) {
  const auto account = co_await find_account(context, wish);
  if (!account) co_return fail(account.error());
  Result<StatementSource> source = co_await ask_where(context, **account, wish.date);
  if (!source) co_return fail(std::move(source.error()));
  if (std::holds_alternative<statement::NotReady>(*source)) co_return fetched::NotReady{};
  if (std::holds_alternative<statement::None>(*source)) co_return fetched::None{};
  auto& found = std::get<statement::File>(*source);
  std::string sha1 = found.sha1;
  Result<StatementSummary> summary = co_await download(context, **account, std::move(found), file, limits);
  if (!summary) co_return fail(std::move(summary.error()));
  co_return fetched::Whole{(*account)->row.connector, std::move(sha1), std::move(*summary)};
}

}  // namespace payweir::flows
