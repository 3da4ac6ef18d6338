#!/usr/bin/python3
"""A real mail server for tests: Debian's aiosmtpd. It keeps nothing and delivers nothing; what it
takes it prints, one JSON object a line, after a first line {"port": N}.

usage: smtp_server.py [--certificate FILE --key FILE] [--implicit-tls] [--user USER --password P]
With a certificate it offers STARTTLS and demands it, or with --implicit-tls speaks TLS at once.
With a user it demands AUTH. Mail to refused@... is answered 550, to busy@... 451.
"""
import argparse
import asyncio
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

warnings.simplefilter('ignore')
logging.disable(logging.CRITICAL)
parser = argparse.ArgumentParser()
for option in ('--certificate', '--key', '--user', '--password'):
    parser.add_argument(option)
parser.add_argument('--implicit-tls', action='store_true')
options = parser.parse_args()


def say(what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith('refused@'):
            return '550 no such user'
        if address.startswith('busy@'):
            return '451 come again'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        say({'from': envelope.mail_from, 'to': envelope.rcpt_tos,
             'helo': session.host_name, 'is_tls': session.ssl is not None or options.implicit_tls,
             'is_authenticated': session.authenticated,
             'message': envelope.content.decode('utf-8', 'replace')})
        return '250 taken'


def authenticate(server, session, envelope, mechanism, data):
    is_good = (getattr(data, 'login', b'').decode() == options.user and
               getattr(data, 'password', b'').decode() == options.password)
    return AuthResult(success=is_good, handled=False)


async def main():
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
    start_tls = None if options.implicit_tls else context

    def session():
        return SMTP(Handler(), tls_context=start_tls, require_starttls=start_tls is not None,
                    authenticator=authenticate if options.user else None,
                    auth_required=options.user is not None, auth_require_tls=False)

    server = await asyncio.get_running_loop().create_server(
        session, '127.0.0.1', 0, ssl=context if options.implicit_tls else None)
    say({'port': server.sockets[0].getsockname()[1]})
    await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    sys.exit(0)
