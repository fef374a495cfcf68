// A shop, told in six languages
//
// Made from story.warren by `warren export`.
// Needs .NET 8 or newer and RabbitMQ.Client 7 (dotnet add package RabbitMQ.Client).
// Run it: dotnet run -- [CLIENT ...]
// Every client takes part, or those who are named. AMQP_URL says where the broker is.
//
// What the scenario says and this program does not do:
// - at 5s restart broker
// - asker: one connection for what it publishes and consumes

using System.Collections.Concurrent;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

var url = Environment.GetEnvironmentVariable("AMQP_URL");
var factory = new ConnectionFactory { Uri = new Uri(url ?? "amqp://guest:guest@localhost:5672/%2F") };
bool Wanted(string name, bool waits) => args.Contains(name) || (args.Length == 0 && !waits);

async Task<(IConnection, IChannel)> Connect(bool confirms = false)
{
    var connection = await factory.CreateConnectionAsync();
    var options = new CreateChannelOptions(confirms, confirms);
    return (connection, await connection.CreateChannelAsync(options));
}

// The names that the broker makes up.
var queues = new ConcurrentDictionary<string, string>();

async Task ShopPublishes()
{
    var (connection, channel) = await Connect();
    for (var n = 1; n < 7; n++)
    {
        var key = new[] { $"order.{n}.eu", "order.paid.us" }[(n - 1) % 2];
        var text = $"order {n} with {key}";
        await channel.BasicPublishAsync("orders", key, false, new BasicProperties { Headers = new Dictionary<string, object?> { ["rush"] = true, ["weight"] = 1.5 }, DeliveryMode = DeliveryModes.Persistent, Priority = 3, MessageId = $"shop-{n}" }, Encoding.UTF8.GetBytes(text));
        Console.WriteLine("shop sends" + " " + text);
        await Task.Delay(50);
    }
    await connection.CloseAsync();
}

async Task CarefulPublishes()
{
    var (connection, channel) = await Connect(true);
    channel.BasicReturnAsync += (_, message) =>
    {
        Console.WriteLine("careful" + " gets back " + Encoding.UTF8.GetString(message.Body.Span));
        return Task.CompletedTask;
    };
    for (var n = 1; n < 3; n++)
    {
        var text = $"nobody wants {n}";
        try
        {
            await channel.BasicPublishAsync("docs", "nowhere", true, new BasicProperties(), Encoding.UTF8.GetBytes(text));
            Console.WriteLine("careful sends" + " " + text);
        }
        catch (PublishException refused)
        {
            Console.WriteLine("careful sends" + " " + text + " in vain: " + refused.Message);
        }
        await Task.Delay(50);
    }
    await connection.CloseAsync();
}

async Task LedgerPublishes()
{
    var (connection, channel) = await Connect();
    await channel.TxSelectAsync();
    for (var n = 1; n < 5; n++)
    {
        var text = $"wish {n}";
        await channel.BasicPublishAsync("", "wishes", false, new BasicProperties(), Encoding.UTF8.GetBytes(text));
        Console.WriteLine("ledger sends" + " " + text);
        if (n % 2 == 0)
        {
            await channel.TxCommitAsync();
        }
        if (n % 2 == 0)
        {
            await Task.Delay(10);
        }
    }
    await connection.CloseAsync();
}

async Task ScannerPublishes()
{
    var (connection, channel) = await Connect();
    int[] waits = { 0, 100 };
    for (var n = 1; n < 3; n++)
    {
        await Task.Delay(waits[n - 1]);
        var text = $"page {n}";
        await channel.BasicPublishAsync("docs", "", false, new BasicProperties { Headers = new Dictionary<string, object?> { ["format"] = "pdf", ["pages"] = 3, ["draft"] = true }, Expiration = "60000", ContentType = "text/plain", Timestamp = new AmqpTimestamp(1700000000), AppId = "till", Type = "scan" }, Encoding.UTF8.GetBytes(text));
        Console.WriteLine("scanner sends" + " " + text);
    }
    await connection.CloseAsync();
}

async Task AskerPublishes()
{
    var (connection, channel) = await Connect();
    for (var n = 1; n < 2; n++)
    {
        var text = $"what is {n}?";
        await channel.BasicPublishAsync("", "requests", false, new BasicProperties { ReplyTo = queues["answers"], CorrelationId = $"E{n}" }, Encoding.UTF8.GetBytes(text));
        Console.WriteLine("asker sends" + " " + text);
    }
    await connection.CloseAsync();
}

async Task AskerConsumes()
{
    var (connection, channel) = await Connect();
    queues["answers"] = (await channel.QueueDeclareAsync("", durable: true, exclusive: true, autoDelete: false)).QueueName;
    var consumer = new AsyncEventingBasicConsumer(channel);
    consumer.ReceivedAsync += async (_, message) =>
    {
        var text = Encoding.UTF8.GetString(message.Body.Span);
        Console.WriteLine("asker gets" + " " + text);
        await Task.CompletedTask;
    };
    await channel.BasicConsumeAsync(queues["answers"], true, "asker", false, false, null, consumer);
}

async Task PackerConsumes()
{
    var (connection, channel) = await Connect();
    await channel.BasicQosAsync(0, 2, false);
    var turns = 0;
    var consumer = new AsyncEventingBasicConsumer(channel);
    consumer.ReceivedAsync += async (_, message) =>
    {
        var text = Encoding.UTF8.GetString(message.Body.Span);
        Console.WriteLine("packer gets" + " " + text);
        await Task.Delay(20);
        var turn = turns++ % 3;
        if (turn == 0)
        {
            await channel.BasicAckAsync(message.DeliveryTag, false);
        }
        if (turn == 1)
        {
            await channel.BasicRejectAsync(message.DeliveryTag, false);
        }
        if (turn == 2)
        {
            await channel.BasicNackAsync(message.DeliveryTag, false, true);
        }
        await Task.CompletedTask;
    };
    await channel.BasicConsumeAsync("billing", false, "packer", false, false, null, consumer);
}

async Task ClerkConsumes()
{
    var (connection, channel) = await Connect();
    await channel.BasicQosAsync(0, 5, false);
    var consumer = new AsyncEventingBasicConsumer(channel);
    consumer.ReceivedAsync += async (_, message) =>
    {
        var text = Encoding.UTF8.GetString(message.Body.Span);
        Console.WriteLine("clerk gets" + " " + text);
        await Task.Delay(Random.Shared.Next(5, 11));
        await channel.BasicAckAsync(message.DeliveryTag, false);
        await Task.CompletedTask;
    };
    await channel.BasicConsumeAsync("archive", false, "clerk", false, false, new Dictionary<string, object?> { ["x-priority"] = 2 }, consumer);
    await channel.BasicConsumeAsync("wishes", false, "clerk-2", false, false, new Dictionary<string, object?> { ["x-priority"] = 2 }, consumer);
}

async Task ReaderConsumes(string name)
{
    var (connection, channel) = await Connect();
    var consumer = new AsyncEventingBasicConsumer(channel);
    consumer.ReceivedAsync += async (_, message) =>
    {
        var text = Encoding.UTF8.GetString(message.Body.Span);
        Console.WriteLine(name + " " + "gets" + " " + text);
        {
            var passed = new BasicProperties(message.BasicProperties);
            passed.ClearExpiration();
            passed.Headers = new Dictionary<string, object?>(
                passed.Headers ?? new Dictionary<string, object?>());
            passed.Headers.Remove("draft");
            passed.Headers["words"] = 250;
            passed.Headers["from"] = name;
            passed.ContentType = "text/markdown";
            await channel.BasicPublishAsync("", "text", false, passed, Encoding.UTF8.GetBytes($"text of {text}"));
        }
        await channel.BasicAckAsync(message.DeliveryTag, false);
        await Task.CompletedTask;
    };
    await channel.BasicConsumeAsync("scanned", false, name, false, false, null, consumer);
}

async Task ServerConsumes()
{
    var (connection, channel) = await Connect();
    var sent = 0;
    var consumer = new AsyncEventingBasicConsumer(channel);
    consumer.ReceivedAsync += async (_, message) =>
    {
        var text = Encoding.UTF8.GetString(message.Body.Span);
        Console.WriteLine("server gets" + " " + text);
        await Task.Delay(10);
        var n = ++sent;
        if (message.BasicProperties.ReplyTo is { } replyTo)
        {
            var same = new BasicProperties { CorrelationId = message.BasicProperties.CorrelationId };
            await channel.BasicPublishAsync("", replyTo, false, same, Encoding.UTF8.GetBytes($"server says {n}"));
        }
        await channel.BasicAckAsync(message.DeliveryTag, false);
        await Task.CompletedTask;
    };
    await channel.BasicConsumeAsync("requests", false, "server", false, false, null, consumer);
}

async Task Main()
{
    var (connection, channel) = await Connect();
    var clients = new List<Task>();
    await channel.ExchangeDeclareAsync("orders", "topic", durable: true, autoDelete: false);
    await channel.ExchangeDeclareAsync("late", "fanout", durable: false, autoDelete: false);
    await channel.ExchangeDeclareAsync("docs", "headers", durable: true, autoDelete: false, arguments: new Dictionary<string, object?> { ["x-note"] = "kept" });
    await channel.ExchangeDeclareAsync("dead", "fanout", durable: true, autoDelete: false);
    await channel.QueueDeclareAsync("billing", durable: true, exclusive: false, autoDelete: false, arguments: new Dictionary<string, object?> { ["x-dead-letter-exchange"] = "dead", ["x-max-length"] = 100, ["x-note"] = "mine" });
    await channel.QueueDeclareAsync("archive", durable: true, exclusive: false, autoDelete: false);
    await channel.QueueDeclareAsync("scanned", durable: true, exclusive: false, autoDelete: false);
    await channel.QueueDeclareAsync("text", durable: true, exclusive: false, autoDelete: false);
    await channel.QueueDeclareAsync("grave", durable: true, exclusive: false, autoDelete: false);
    await channel.QueueDeclareAsync("wishes", durable: true, exclusive: false, autoDelete: false);
    await channel.QueueDeclareAsync("requests", durable: true, exclusive: false, autoDelete: false);
    await channel.QueueBindAsync("billing", "orders", "order.*.eu");
    await channel.ExchangeBindAsync("late", "orders", "#");
    await channel.QueueBindAsync("archive", "late", "");
    await channel.QueueBindAsync("scanned", "docs", "", arguments: new Dictionary<string, object?> { ["x-match"] = "all", ["format"] = "pdf", ["pages"] = 3 });
    await channel.QueueBindAsync("grave", "dead", "");
    if (Wanted("asker", false))
    {
        await AskerConsumes();
    }
    if (Wanted("packer", false))
    {
        await PackerConsumes();
    }
    if (Wanted("clerk", false))
    {
        await ClerkConsumes();
    }
    if (Wanted("reader", false))
    {
        for (var n = 1; n < 3; n++)
        {
            await ReaderConsumes($"reader-{n}");
        }
    }
    if (Wanted("server", false))
    {
        await ServerConsumes();
    }
    if (Wanted("shop", false))
    {
        clients.Add(ShopPublishes());
    }
    if (Wanted("careful", false))
    {
        clients.Add(CarefulPublishes());
    }
    if (Wanted("ledger", false))
    {
        clients.Add(LedgerPublishes());
    }
    if (Wanted("scanner", false))
    {
        clients.Add(ScannerPublishes());
    }
    if (Wanted("asker", false))
    {
        clients.Add(AskerPublishes());
    }
    await Task.Delay(3000);
    for (var n = 1; n < 3; n++)
    {
        await channel.BasicPublishAsync("orders", "order.9.eu", false, new BasicProperties(), Encoding.UTF8.GetBytes($"by hand {n}"));
        Console.WriteLine("operator sends" + " " + $"by hand {n}");
    }
    await Task.Delay(500);
    await channel.QueueUnbindAsync("archive", "late", "");
    await Task.Delay(500);
    await channel.QueueDeclareAsync("late-queue", durable: true, exclusive: false, autoDelete: false, arguments: new Dictionary<string, object?> { ["x-message-ttl"] = 60000 });
    await Task.Delay(Timeout.Infinite);
}

await Main();
