#pragma once
// A gateway's statement of one day, fetched: asks where it is, downloads it piece by piece, and reads it
// along the way, so that what was cut off, exchanged or does not add up is known for it. Nothing is stored.
#include <cstdint>
#include <string>
#include <variant>

#include "domain/statement.hpp"
#include "flows/context.hpp"

namespace payweir::flows {

struct StatementWish {
  std::string merchant_id;
  std::string merchant_connector_id;
  std::string date;  // "2026-11-22", as the gateway counts days
};

struct FetchLimits {
  std::uint64_t bytes_max = std::uint64_t{4} << 30;  // packed, as it is downloaded
  Duration timeout = hours(1);                       // for the download
  Duration idle_timeout = seconds(60);               // without a byte of it
};

namespace fetched {
// All of it went to the sink, and is what the gateway means.
struct Whole {
  std::string connector;  // whose it is, for make_statement_reader()
  std::string sha1;       // as announced, in hex; "": it announced none
  StatementSummary summary;
};
struct NotReady {};
struct None {};
}  // namespace fetched
using FetchedStatement = std::variant<fetched::Whole, fetched::NotReady, fetched::None>;

// `file` outlives the call. After an error it may have been given a part: that is to be thrown away.
// Errors: not_found (merchant_id or merchant_connector_id), invalid_value (a connector without statements, or
// the date); those of Connector::read_statement_answer(), of HttpClient::download(), of StatementReader and
// of `file`; gateway_unclear.
[[nodiscard]] Task<Result<FetchedStatement>> fetch_statement(Context& context, StatementWish wish,
                                                             BodySink& file, FetchLimits limits = {});

}  // namespace payweir::flows
