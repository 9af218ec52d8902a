import { libraryFile } from './language-runtimes.ts';
import type { Classifier } from './classifier.ts';

/** What serves others over a network, and libraries that do so for programs. */
export const servers: readonly Classifier[] = [
  {
    name: 'nginx',
    files: ['nginx', 'nginx-debug', 'openresty'],
    // OpenResty's version is nginx's with a fourth number.
    versions: [{ near: 'nginx version: ', is: /nginx version: [^/\x00]{1,20}\/(?<version>\d+\.\d+\.\d+)/ }],
    cpes: ['f5:nginx', 'f5:nginx_open_source', 'nginx:nginx'],
  },
  {
    name: 'httpd',
    files: ['httpd', 'apache2'],
    versions: [{ near: 'Apache/', is: /\x00Apache\/(?<version>\d+\.\d+\.\d+)/ }],
    needs: ['ap_logio_add_bytes_out', 'ap_hook_', 'apr_'],
    cpes: ['apache:http_server'],
  },
  {
    name: 'lighttpd',
    files: ['lighttpd'],
    versions: [{ near: 'lighttpd/', is: /\x00lighttpd\/(?<version>\d+\.\d+\.\d+)\x00/ }],
    cpes: ['lighttpd:lighttpd'],
  },
  {
    name: 'haproxy',
    files: ['haproxy'],
    versions: [
      { near: ', released 20', is: / version (?<version>\d+\.\d+(?:\.|-dev|-rc)\d+)[^,\x00]{0,40}, released 20/ },
      { near: 'HA-Proxy version ', is: /HA-Proxy version (?<version>\d+\.\d+(?:\.|-dev|-rc)\d+)/ },
      {
        near: 'HAProxy version',
        is: /(?<![\d.])(?<version>\d+\.\d+(?:\.|-dev)\d+)-[0-9a-f]{7}[\s\S]{1,200}HAProxy version/,
      },
    ],
    cpes: ['haproxy:haproxy'],
  },
  {
    name: 'proftpd',
    files: ['proftpd'],
    versions: [{ near: 'ProFTPD Version ', is: /\x00ProFTPD Version (?<version>\d+\.\d+\.\d+(?:[a-z]|rc\d)?)\x00/ }],
    cpes: ['proftpd:proftpd'],
  },
  {
    name: 'openldap',
    files: ['ldapsearch', 'slapd'],
    versions: [{ near: '$OpenLDAP: ', is: /\$OpenLDAP: (?:ldapsearch|slapd) (?<version>\d+\.\d+\.\d+)/ }],
    cpes: ['openldap:openldap'],
  },
  {
    name: 'fluent-bit',
    files: ['fluent-bit'],
    versions: [
      { near: 'Fluent Bit', is: /\x00(?<version>\d+\.\d+\.\d+)\x00{1,4}(?:\x1b\[1m\x00{1,4})?(?:%s)?Fluent Bit/ },
    ],
    cpes: ['treasuredata:fluent_bit'],
  },
  {
    name: 'envoy',
    files: ['envoy'],
    versions: [
      { near: '\x00RELEASE', is: /\x00(?<version>1\.\d{1,2}\.\d{1,2}(?:-dev)?)\x00[\s\S]{0,20}RELEASE/ },
      { near: '\x001.', is: /\x00(?<version>1\.\d{1,2}\.\d{1,2}(?:-dev)?)\x00envoy[/._:]/ },
      { near: '\x001.', is: /\x00(?<version>1\.[23]\d\.\d{1,2}(?:-dev)?)\x00[\s\S]{0,1000}envoy[./_]/ },
      {
        near: '\x001.',
        is: /\x00(?<version>1\.[12]\d\.\d{1,2}(?:-dev)?)\x00[\s\S]{0,1000}(?:Unable to|ValidationError)/,
      },
    ],
    needs: ['envoy.filters.', 'envoy.http_connection_manager'],
    cpes: ['envoyproxy:envoy'],
  },
  {
    name: 'krb5',
    files: [libraryFile('libkrb5')],
    versions: [{ near: 'KRB5_BRAND: ', is: /KRB5_BRAND: krb5-\S{1,40} (?<version>\d+\.\d+(?:\.\d+)?)[\s\x00]/ }],
    cpes: ['mit:kerberos_5'],
  },
  {
    name: 'heimdal-krb5',
    files: [libraryFile('libkrb5')],
    versions: [{ near: '$Version: Heimdal ', is: /\$Version: Heimdal (?<version>\d+\.\d+(?:\.\d+)?)[\s\x00]/ }],
    cpes: ['heimdal_project:heimdal'],
  },
];
