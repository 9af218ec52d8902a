/**
 * Applications that come with Erlang/OTP and Elixir, now or in older releases; Hex lets nobody take these names. A release of a
 * program holds copies of those it needs, beside its packages.
 */
export const otpApplications: ReadonlySet<string> = new Set(
  `appmon asn1 common_test compiler cosEvent cosEventDomain cosFileTransfer cosNotification cosProperty cosTime cosTransactions
crypto debugger dialyzer diameter docbuilder edoc eldap erl_docgen erl_interface erts et eunit ftp gs hipe ic inets inviso
jinterface kernel megaco mnesia observer odbc orber os_mon otp_mibs parsetools percept pman public_key reltool runtime_tools sasl
snmp ssh ssl stdlib syntax_tools test_server tftp toolbar tools tv typer webtool wx xmerl
eex elixir ex_unit iex logger mix`.split(/\s+/),
);
